package dev.tribunal.languagemodel.head;

import ai.djl.pytorch.jni.IValue;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.decoder.PackedBatch;
import dev.tribunal.languagemodel.decoder.Scope;
import dev.tribunal.languagemodel.training.Selection;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One forward pass under a head of scores and, if asked to keep what that needs, its backward pass. */
public final class ScorePass implements AutoCloseable {

    private final Decoder decoder;
    private final PackedBatch batch;
    private final int labels;
    private final float[][] scores;
    private @Nullable IValue kept;

    private ScorePass(Decoder decoder, int labels, List<int[]> sequences, boolean keep) {
        this.decoder = decoder;
        this.labels = labels;
        batch = decoder.packPrompts(sequences.stream()
                .map(ids -> unpadded(ids, decoder.paddingId()))
                .toList());
        try (Scope scope = decoder.newScope()) {
            IValue[] packed = decoder.arguments(scope, batch);
            IValue[] result = scope.callForTuple(
                    "scores", packed[0], packed[1], packed[2], last(scope, batch, sequences.size()), scope.flag(keep));
            scores = rows(scope.floats(result[0]), labels);
            if (keep) {
                kept = scope.release(result[1]);
            }
        }
    }

    /** Nothing before it depends on padding at the end; of padding alone the first token is left. */
    private static int[] unpadded(int[] ids, OptionalInt padding) {
        int length = ids.length;
        while (padding.isPresent() && length > 0 && ids[length - 1] == padding.getAsInt()) {
            length--;
        }
        return Arrays.copyOf(ids, Math.max(1, length));
    }

    private static float[][] rows(float[] values, int width) {
        return IntStream.range(0, values.length / width)
                .mapToObj(row -> Arrays.copyOfRange(values, row * width, (row + 1) * width))
                .toArray(float[][]::new);
    }

    public static ScorePass forward(Decoder decoder, int labels, List<int[]> sequences) {
        return new ScorePass(decoder, labels, sequences, true);
    }

    /** {@code [sequences][labels]} */
    public static float[][] scores(Decoder decoder, int labels, List<int[]> sequences) {
        try (ScorePass pass = new ScorePass(decoder, labels, sequences, false)) {
            return pass.scores;
        }
    }

    /** {@code [sequences][labels]} */
    public float[][] scores() {
        return scores;
    }

    /** @param weights {@code [sequences][labels]}; a sequence with zeros alone leaves the batch */
    public void backward(double[][] weights) {
        IValue forward = kept;
        if (forward == null) {
            throw new IllegalStateException("backward has run on this forward pass already, or it is closed");
        }
        int[] live = IntStream.range(0, weights.length)
                .filter(s -> Arrays.stream(weights[s]).anyMatch(w -> w != 0))
                .toArray();
        if (live.length > 0) {
            Selection selection = Selection.of(batch, weights.length, live);
            float[] rowWeights = new float[live.length * labels];
            for (int i = 0; i < rowWeights.length; i++) {
                rowWeights[i] = (float) weights[live[i / labels]][i % labels];
            }
            try (Scope scope = decoder.newScope()) {
                IValue[] packed = decoder.arguments(scope, selection.batch());
                scope.call(
                        "scores_backward",
                        packed[0],
                        packed[1],
                        packed[2],
                        last(scope, selection.batch(), live.length),
                        scope.tensor(rowWeights, live.length, labels),
                        scope.tensor(selection.places(), selection.places().length),
                        forward);
            }
        }
        close();
    }

    private static IValue last(Scope scope, PackedBatch batch, int size) {
        return scope.tensor(IntStream.range(0, size).map(batch::lastOfPrompt).toArray(), size);
    }

    /** Frees what the forward pass kept. */
    @Override
    public void close() {
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }
}
