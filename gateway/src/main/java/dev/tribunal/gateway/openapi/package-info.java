/**
 * The OpenAPI 3.1 document of the whole public API. Input: the contracts' interfaces and records with their Javadoc,
 * and one example a schema. Output: {@code /v1/openapi.json}.
 */
@NullMarked
package dev.tribunal.gateway.openapi;

import org.jspecify.annotations.NullMarked;
