/**
 * Which service serves a path, and how a request gets there and its answer back. Input: an authenticated request.
 * Output: the service's answer as it arrives, or a problem that names the service.
 */
@NullMarked
package dev.tribunal.gateway.routing;

import org.jspecify.annotations.NullMarked;
