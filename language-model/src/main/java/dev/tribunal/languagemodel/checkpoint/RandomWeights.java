package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.CounterRandom;
import java.util.Arrays;

/**
 * A new model's weights: norms one, biases zero, and the rest random, the same for the same seed, in whatever order they
 * are asked for.
 */
public record RandomWeights(long seed, int layers) implements FloatSource {

    private static final double DEVIATION = 0.02;

    @Override
    public float[] read(WeightLayout.Tensor tensor, long offset, int count) {
        float[] values = new float[count];
        if (tensor.shape().length == 1) {
            Arrays.fill(values, tensor.name().endsWith(".bias") ? 0 : 1);
            return values;
        }
        for (int i = 0; i < count; i++) {
            values[i] = (float) (deviation(tensor.name()) * normal(tensor, offset + i));
        }
        return values;
    }

    /** Each layer adds two projections to the residual stream, which should not grow with the layers (GPT-2). */
    private double deviation(String name) {
        boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
        return residual ? DEVIATION / Math.sqrt(2.0 * layers) : DEVIATION;
    }

    /** Box and Muller's transform of two uniform numbers. */
    private double normal(WeightLayout.Tensor tensor, long index) {
        long key = CounterRandom.key(seed, tensor.offset() + index);
        return Math.sqrt(-2 * Math.log(CounterRandom.uniform(key, 0)))
                * Math.cos(2 * Math.PI * CounterRandom.uniform(key, 1));
    }
}
