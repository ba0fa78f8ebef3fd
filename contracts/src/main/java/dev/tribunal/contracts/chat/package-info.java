/** A conversation and its completion, as every contract writes them. */
@NullMarked
package dev.tribunal.contracts.chat;

import org.jspecify.annotations.NullMarked;
