package dev.tribunal.languagemodel.adapter;

import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.checkpoint.FloatSource;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;

/**
 * A new adapter as PEFT begins it: B is zero, so that the model starts as it is, and A is uniform within
 * {@code 1 / sqrt(in)} of 0 (Kaiming's with {@code a = sqrt(5)}). The same for the same seed.
 */
public record InitialAdapter(long seed) implements FloatSource {

    @Override
    public float[] read(WeightLayout.Tensor tensor, long offset, int count) {
        float[] values = new float[count];
        if (tensor.name().endsWith("lora_A.weight")) {
            double bound = 1 / Math.sqrt((double) tensor.shape()[1]);
            for (int i = 0; i < count; i++) {
                double uniform = CounterRandom.uniform(seed, tensor.offset() + offset + i);
                values[i] = (float) (bound * (2 * uniform - 1));
            }
        }
        return values;
    }
}
