/**
 * What a trace says of the work (OpenTelemetry): which piece belongs to which, across threads and services. Input: the pieces
 * where they are done, and {@code traceparent} (W3C Trace Context) of a request. Output: spans, sent to a collector where one
 * is set; nothing else is done where none is.
 */
@NullMarked
package dev.tribunal.servicekit.trace;

import org.jspecify.annotations.NullMarked;
