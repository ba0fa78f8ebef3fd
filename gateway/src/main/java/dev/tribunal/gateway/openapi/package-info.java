/**
 * The OpenAPI 3.1 document of the whole public API. Input: the contracts' own documents
 * ({@link dev.tribunal.servicekit.openapi}) and one example a schema. Output: {@code /v1/openapi.json}.
 */
@NullMarked
package dev.tribunal.gateway.openapi;

import org.jspecify.annotations.NullMarked;
