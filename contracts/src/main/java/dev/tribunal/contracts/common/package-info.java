/** What several contracts share: pages, mistakes in a request, protocols of scoring servers, and how models are trained. */
@NullMarked
package dev.tribunal.contracts.common;

import org.jspecify.annotations.NullMarked;
