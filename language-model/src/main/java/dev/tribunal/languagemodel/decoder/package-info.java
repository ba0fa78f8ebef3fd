/**
 * The model's mathematics: one TorchScript text, {@code llama.py}, that does a whole pass in one call, and what it
 * takes to run it from Java.
 *
 * <p>Input: weights from {@code checkpoint}, token ids packed by {@link dev.tribunal.languagemodel.decoder.PackedBatch}.
 * Output: native values that {@code generation}, {@code training} and {@code head} read. Everything native is made
 * and freed on one thread, {@link dev.tribunal.languagemodel.decoder.ModelThread}. Only this room knows DJL's arrays.
 */
@NullMarked
package dev.tribunal.languagemodel.decoder;

import org.jspecify.annotations.NullMarked;
