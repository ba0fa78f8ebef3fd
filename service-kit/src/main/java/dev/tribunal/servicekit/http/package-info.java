/**
 * The manners of HTTP that every service shares: limits and patience, the bearer token, queries, pages of lists, and
 * clients for the contracts.
 *
 * <p>{@link dev.tribunal.servicekit.http.HttpConfiguration} brings all of it into a Spring Boot application.
 */
@NullMarked
package dev.tribunal.servicekit.http;

import org.jspecify.annotations.NullMarked;
