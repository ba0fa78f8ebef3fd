/**
 * Hugging Face checkpoint directories as files: {@code config.json}, safetensors, and what lies beside them.
 *
 * <p>Input: a directory. Output: a {@link dev.tribunal.languagemodel.architecture.ModelConfiguration}, the tensors' places in one
 * row of floats ({@link dev.tribunal.languagemodel.checkpoint.WeightLayout}), and their values some floats at a time;
 * and all that the other way round. Nothing native here.
 */
@NullMarked
package dev.tribunal.languagemodel.checkpoint;

import org.jspecify.annotations.NullMarked;
