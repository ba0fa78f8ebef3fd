/** What several contracts share: pages, mistakes in a request, and the protocols of scoring servers. */
@NullMarked
package dev.tribunal.contracts.common;

import org.jspecify.annotations.NullMarked;
