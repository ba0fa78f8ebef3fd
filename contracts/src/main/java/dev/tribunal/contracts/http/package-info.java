/**
 * The manners of HTTP that every service shares: errors as problem+json (RFC 9457), request ids, the bearer token,
 * pages of lists, and clients for the contracts.
 *
 * <p>{@link dev.tribunal.contracts.http.HttpConfiguration} brings all of it into a Spring Boot application.
 */
@NullMarked
package dev.tribunal.contracts.http;

import org.jspecify.annotations.NullMarked;
