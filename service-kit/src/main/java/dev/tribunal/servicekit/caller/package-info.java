/**
 * For whom a service works. The gateway knows who sent a request, and says it to the services in headers that count only
 * beside the services' own token. Output: a {@link dev.tribunal.servicekit.caller.Caller}, which says what may be seen and
 * changed.
 */
@NullMarked
package dev.tribunal.servicekit.caller;

import org.jspecify.annotations.NullMarked;
