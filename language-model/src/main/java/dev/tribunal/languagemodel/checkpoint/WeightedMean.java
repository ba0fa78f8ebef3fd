package dev.tribunal.languagemodel.checkpoint;

import java.util.List;

/**
 * A weighted sum of several models' tensors, made as it is asked for, in double precision.
 *
 * @param sources of one layout; one of weight 0 is not read
 * @param weights one a source
 */
public record WeightedMean(List<FloatSource> sources, double[] weights) implements FloatSource {

    @Override
    public float[] read(WeightLayout.Tensor tensor, long offset, int count) {
        double[] sum = new double[count];
        for (int s = 0; s < weights.length; s++) {
            if (weights[s] != 0) {
                float[] values = sources.get(s).read(tensor, offset, count);
                for (int i = 0; i < count; i++) {
                    sum[i] += weights[s] * values[i];
                }
            }
        }
        float[] mean = new float[count];
        for (int i = 0; i < count; i++) {
            mean[i] = (float) sum[i];
        }
        return mean;
    }
}
