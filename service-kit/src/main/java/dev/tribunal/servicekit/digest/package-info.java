/** Digests by which versions are told apart: a text in, its hash out. */
@NullMarked
package dev.tribunal.servicekit.digest;

import org.jspecify.annotations.NullMarked;
