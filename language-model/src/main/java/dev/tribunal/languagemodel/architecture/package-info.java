/**
 * What a decoder looks like: sizes, attention and positions. Input: a checkpoint's {@code config.json}; output: the layout of
 * its tensors and the mathematics of the decoder.
 */
@NullMarked
package dev.tribunal.languagemodel.architecture;

import org.jspecify.annotations.NullMarked;
