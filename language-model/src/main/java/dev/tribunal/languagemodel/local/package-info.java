/**
 * The engine on this machine: DJL and libtorch behind {@link dev.tribunal.languagemodel.Engine}. Input: checkpoints; output:
 * models that sample, score and train. It puts the other packages together, and none of them knows it.
 */
@NullMarked
package dev.tribunal.languagemodel.local;

import org.jspecify.annotations.NullMarked;
