/**
 * OpenAPI 3.1 documents of the contracts. Input: the contracts' interfaces and records with their Javadoc, and one
 * example a schema. Output: {@link dev.tribunal.contracts.openapi.OpenApi}, the document as JSON.
 */
@NullMarked
package dev.tribunal.contracts.openapi;

import org.jspecify.annotations.NullMarked;
