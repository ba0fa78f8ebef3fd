/**
 * The one public port. Input: HTTP from users. Output: their requests at the service that serves them
 * ({@code routing}), the page of the runs ({@code page}), and the description of the whole public API
 * ({@code openapi}).
 */
@NullMarked
package dev.tribunal.gateway;

import org.jspecify.annotations.NullMarked;
