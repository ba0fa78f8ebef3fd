/**
 * The model's mathematics: one TorchScript text, {@code llama.py}, that does a whole pass in one call, and what it
 * takes to run it from Java.
 *
 * <p>Input: weights from {@code checkpoint}, and token ids, packed by
 * {@link dev.tribunal.languagemodel.decoder.PackedBatch}. Output: native values that {@code generation},
 * {@code training} and {@code head} read. One thread owns what is native of a model,
 * {@link dev.tribunal.languagemodel.decoder.ModelThread}, and every call of the script goes through here.
 */
@NullMarked
package dev.tribunal.languagemodel.decoder;

import org.jspecify.annotations.NullMarked;
