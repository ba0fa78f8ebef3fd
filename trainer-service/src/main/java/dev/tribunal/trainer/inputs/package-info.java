/**
 * What a spec names, as files: prompt sets, checkpoints and what earlier stages left, each held against the digest that the
 * run was created with.
 */
@NullMarked
package dev.tribunal.trainer.inputs;

import org.jspecify.annotations.NullMarked;
