/**
 * Decoder language models of the Llama family (Llama, Mistral, Qwen2, Qwen3), held by libtorch through DJL.
 *
 * <p>The public surface is this package: an {@link dev.tribunal.languagemodel.Engine} loads and makes models,
 * {@link dev.tribunal.languagemodel.LanguageModel} samples, scores and trains,
 * {@link dev.tribunal.languagemodel.ScoringModel} is the same decoder under a head of scores: a reward model or a
 * critic. {@code architecture} and {@code sampling} hold its words for what a model looks like and what it writes, {@code
 * local} the engine on this machine. Nothing outside this module imports DJL.
 *
 * <p>Behind it, in the order in which a token flows: {@code checkpoint} (files to tensors and back), {@code adapter} (LoRA
 * beside the tensors), {@code tokenizer} (text to ids, chat templates), {@code decoder} (the model's mathematics, one
 * script resource), {@code generation} (sampling), {@code training} (backward, AdamW), {@code head} (scores).
 */
@NullMarked
package dev.tribunal.languagemodel;

import org.jspecify.annotations.NullMarked;
