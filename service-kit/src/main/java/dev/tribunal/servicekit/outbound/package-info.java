/**
 * HTTP to servers outside the platform: only to addresses that are allowed, with a deadline, read up to a limit.
 *
 * <p>Input: a URL that was registered, and a request; output: the answer that counts, or a failure that says
 * whether to ask again.
 */
@NullMarked
package dev.tribunal.servicekit.outbound;

import org.jspecify.annotations.NullMarked;
