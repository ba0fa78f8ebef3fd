/**
 * Work that computes, kept from the threads that answer HTTP.
 *
 * <p>HTTP runs on virtual threads, of which only as many compute at once as there are processors: two requests that
 * tokenize or load a model would silence a service, its health included. Such work goes through a
 * {@link dev.tribunal.servicekit.work.WorkPool}.
 */
@NullMarked
package dev.tribunal.servicekit.work;

import org.jspecify.annotations.NullMarked;
