/**
 * LoRA adapters as files and as numbers: where an adapter's matrices lie in one row of floats, what they start as,
 * PEFT's directories ({@code adapter_config.json}, {@code adapter_model.safetensors}) in and out, and a checkpoint's
 * weights with an adapter merged into them.
 *
 * <p>Input: a checkpoint's {@link dev.tribunal.languagemodel.checkpoint.WeightLayout} and a
 * {@link dev.tribunal.languagemodel.Lora}. Output: an {@link dev.tribunal.languagemodel.adapter.AdapterLayout}, and
 * values some floats at a time. The {@code decoder} computes with them; nothing native here.
 */
@NullMarked
package dev.tribunal.languagemodel.adapter;

import org.jspecify.annotations.NullMarked;
