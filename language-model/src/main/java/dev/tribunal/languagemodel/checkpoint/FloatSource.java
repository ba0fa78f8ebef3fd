package dev.tribunal.languagemodel.checkpoint;

/** Gives tensors' values, some at a time. */
@FunctionalInterface
public interface FloatSource {

    /** Values of a tensor from {@code offset} on. */
    float[] read(WeightLayout.Tensor tensor, long offset, int count);
}
