package dev.tribunal.languagemodel.training;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.checkpoint.OptimizerFile;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.decoder.Scope;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * AdamW over what is trained of a decoder: its moments and its step count. One step, as PyTorch's {@code torch.optim.AdamW}
 * with {@code fused=True} computes it:
 *
 * <pre>
 *   w -= rate * decay * w;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *   w -= rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
 * </pre>
 */
public final class GradientOptimizer {

    private final Decoder decoder;
    private @Nullable Moments moments;
    private long steps;
    /** The rows of the gradient that backward passes have added to since the last step. */
    private final BitSet added = new BitSet();

    private int selected;
    private double updateNorm;

    /** A float each for every trained weight. */
    private record Moments(PtNDArray first, PtNDArray second) {}

    public GradientOptimizer(Decoder decoder) {
        this.decoder = decoder;
    }

    /**
     * Makes room for gradient and moments. To be called before a pass to train on: what it keeps comes and goes, and
     * should not leave gaps below what stays.
     *
     * @throws IllegalStateException if the model is frozen
     */
    public void prepare() {
        decoder.gradients(selected);
        moments();
    }

    /** To be told of each backward pass. */
    public void gradientAdded() {
        added.set(selected);
    }

    public void clearGradient() {
        added.stream().forEach(this::clear);
        added.clear();
        selectGradient(0);
    }

    private void clear(int row) {
        try (Scope scope = decoder.newScope()) {
            scope.call("clear", scope.borrow(decoder.gradients(row)));
        }
    }

    /** What backward passes add to from now on. */
    public void selectGradient(int row) {
        if (row != selected) {
            decoder.selectGradients(row);
            selected = row;
        }
    }

    /** {@code [rows][rows]} */
    public double[][] gradientProducts(int rows) {
        int there = Math.min(rows, added.length());
        double[][] products = new double[rows][rows];
        if (there > 0) {
            try (Scope scope = decoder.newScope()) {
                double[] values = scope.doubles(scope.call("products", gradients(scope, there)));
                for (int i = 0; i < there; i++) {
                    System.arraycopy(values, i * there, products[i], 0, there);
                }
            }
        }
        return products;
    }

    /** Makes the first row the sum of factors times rows, and clears the others. */
    public void mixGradients(double[] factors) {
        if (factors.length < added.length()) {
            throw new IllegalArgumentException(
                    factors.length + " factors, but the gradient has " + added.length() + " rows");
        }
        int there = Math.max(1, added.length());
        try (Scope scope = decoder.newScope()) {
            scope.call(
                    "mix",
                    gradients(scope, there),
                    scope.list(IntStream.range(0, there)
                            .mapToObj(i -> scope.tensor(new float[] {(float) (i < factors.length ? factors[i] : 0)}, 1))
                            .toList()));
        }
        added.clear();
        selectGradient(0);
        gradientAdded();
    }

    private IValue gradients(Scope scope, int rows) {
        return scope.list(IntStream.range(0, rows)
                .mapToObj(row -> scope.borrow(decoder.gradients(row)))
                .toList());
    }

    /**
     * @return the gradient's norm before clipping
     * @throws IllegalStateException if there is no gradient, or it is not finite
     */
    public double step(AdamW adamW) {
        if (added.isEmpty()) {
            throw new IllegalStateException("there is no gradient: no backward pass has run since the last step");
        }
        if (added.length() > 1) {
            throw new IllegalStateException("the gradient has " + added.length() + " rows: mix them before the step");
        }
        Moments before = moments();
        selectGradient(0);
        added.clear();
        double norm;
        double change;
        try (Scope scope = decoder.newScope()) {
            IValue[] norms = scope.callForTuple(
                    "adamw",
                    pieces(scope, decoder.trained()),
                    pieces(scope, decoder.gradients(0)),
                    pieces(scope, before.first),
                    pieces(scope, before.second),
                    scope.list(List.of(scope.tensor(new float[] {steps}, new long[0]))),
                    scope.number(adamW.gradientClip()),
                    scope.number(adamW.learningRate()),
                    scope.number(adamW.beta1()),
                    scope.number(adamW.beta2()),
                    scope.number(adamW.epsilon()),
                    scope.number(adamW.weightDecay()));
            norm = norms[0].toDouble();
            change = norms[1].toDouble();
        }
        if (!Double.isFinite(norm)) {
            throw new IllegalStateException("the gradient is not finite (norm " + norm + "): the weights stay");
        }
        steps++;
        updateNorm = change;
        decoder.trainedChanged();
        return norm;
    }

    /** Of what the last step added to the weights; 0 before the first. */
    public double updateNorm() {
        return updateNorm;
    }

    private IValue pieces(Scope scope, PtNDArray row) {
        return scope.call("pieces", scope.borrow(row));
    }

    private Moments moments() {
        Moments existing = moments;
        if (existing == null) {
            existing = new Moments(decoder.newRow(), decoder.newRow());
            moments = existing;
        }
        return existing;
    }

    public void save(Path file) {
        Moments saved = moments();
        OptimizerFile.write(
                file,
                decoder.trainedLayout(),
                steps,
                (tensor, offset, count) -> decoder.read(saved.first, tensor.offset() + offset, count),
                (tensor, offset, count) -> decoder.read(saved.second, tensor.offset() + offset, count));
    }

    /** @throws dev.tribunal.languagemodel.CheckpointException if the file is of another model, or broken */
    public void load(Path file) {
        OptimizerFile stored = OptimizerFile.open(file, decoder.trainedLayout());
        Moments loaded = moments();
        stored.readFirst((tensor, offset, values) -> decoder.write(loaded.first, tensor.offset() + offset, values));
        stored.readSecond((tensor, offset, values) -> decoder.write(loaded.second, tensor.offset() + offset, values));
        steps = stored.steps();
    }
}
