/**
 * OpenAPI 3.1 documents of the contracts. Input: the contracts' interfaces and records with their Javadoc, and one
 * example a schema. Output: {@link dev.tribunal.servicekit.openapi.OpenApi}, the document as JSON.
 */
@NullMarked
package dev.tribunal.servicekit.openapi;

import org.jspecify.annotations.NullMarked;
