/**
 * What goes wrong, as every service tells it: exceptions with a code, and what makes problem+json (RFC 9457) of them and
 * of all other exceptions, with the request's id.
 */
@NullMarked
package dev.tribunal.servicekit.error;

import org.jspecify.annotations.NullMarked;
