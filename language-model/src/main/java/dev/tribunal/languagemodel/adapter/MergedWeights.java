package dev.tribunal.languagemodel.adapter;

import dev.tribunal.languagemodel.adapter.AdapterLayout.Slice;
import dev.tribunal.languagemodel.checkpoint.FloatSource;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A checkpoint's weights with an adapter in them, {@code W + alpha / rank * B A}, made as they are asked for. */
public final class MergedWeights implements FloatSource {

    private final FloatSource base;
    private final FloatSource adapter;
    private final float scaling;
    private final int rank;
    private final Map<String, Slice> slices;

    /** @param adapter values of the layout's own tensors */
    public MergedWeights(FloatSource base, AdapterLayout layout, FloatSource adapter) {
        this.base = base;
        this.adapter = adapter;
        scaling = (float) layout.lora().scaling();
        rank = layout.lora().rank();
        slices = layout.products().stream()
                .flatMap(product -> product.slices().stream())
                .collect(Collectors.toMap(slice -> slice.adapts().name(), Function.identity()));
    }

    @Override
    public float[] read(Tensor tensor, long offset, int count) {
        float[] values = base.read(tensor, offset, count);
        Slice slice = slices.get(tensor.name());
        if (slice != null) {
            add(slice, offset, values);
        }
        return values;
    }

    private void add(Slice slice, long offset, float[] values) {
        int inputs = (int) slice.a().shape()[1];
        float[] a = adapter.read(slice.a(), 0, rank * inputs);
        int firstRow = (int) (offset / inputs);
        int rows = (int) ((offset + values.length - 1) / inputs) - firstRow + 1;
        float[] b = adapter.read(slice.b(), (long) firstRow * rank, rows * rank);
        float[] product = new float[inputs];
        for (int row = 0; row < rows; row++) {
            long rowStart = (long) (firstRow + row) * inputs - offset;
            multiply(b, row, a, product);
            int from = (int) Math.max(0, -rowStart);
            int to = (int) Math.min(inputs, values.length - rowStart);
            for (int i = from; i < to; i++) {
                values[(int) (rowStart + i)] += scaling * product[i];
            }
        }
    }

    /** One row of B A. */
    private void multiply(float[] b, int row, float[] a, float[] product) {
        Arrays.fill(product, 0);
        for (int r = 0; r < rank; r++) {
            float factor = b[row * rank + r];
            for (int i = 0; i < product.length; i++) {
                product[i] += factor * a[r * product.length + i];
            }
        }
    }
}
