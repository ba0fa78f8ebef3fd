/** The OpenAPI document, held against independent readers of it. */
@NullMarked
package dev.tribunal.gateway.openapi;

import org.jspecify.annotations.NullMarked;
