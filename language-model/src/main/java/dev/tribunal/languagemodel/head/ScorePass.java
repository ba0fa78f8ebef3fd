package dev.tribunal.languagemodel.head;

import ai.djl.pytorch.jni.IValue;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.decoder.PackedBatch;
import dev.tribunal.languagemodel.decoder.Scope;
import dev.tribunal.languagemodel.training.Selection;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One forward pass under the scalar head and, if asked to keep what that needs, its backward pass. */
public final class ScorePass implements AutoCloseable {

    private final Decoder decoder;
    private final PackedBatch batch;
    private final float[] scores;
    private @Nullable IValue kept;

    private ScorePass(Decoder decoder, List<int[]> sequences, boolean keep) {
        this.decoder = decoder;
        batch = PackedBatch.ofPrompts(sequences);
        try (Scope scope = decoder.newScope()) {
            IValue[] packed = decoder.arguments(scope, batch);
            IValue[] result = scope.callForTuple(
                    "scores", packed[0], packed[1], packed[2], last(scope, batch, sequences.size()), scope.flag(keep));
            scores = scope.floats(result[0]);
            if (keep) {
                kept = scope.release(result[1]);
            }
        }
    }

    public static ScorePass forward(Decoder decoder, List<int[]> sequences) {
        decoder.gradients();
        return new ScorePass(decoder, sequences, true);
    }

    public static float[] scores(Decoder decoder, List<int[]> sequences) {
        try (ScorePass pass = new ScorePass(decoder, sequences, false)) {
            return pass.scores;
        }
    }

    public float[] scores() {
        return scores;
    }

    /** @param weights one a sequence; those with weight zero leave the batch */
    public void backward(double[] weights) {
        IValue forward = kept;
        if (forward == null) {
            throw new IllegalStateException("backward has run on this forward pass already, or it is closed");
        }
        int[] live =
                IntStream.range(0, weights.length).filter(s -> weights[s] != 0).toArray();
        if (live.length > 0) {
            Selection selection = Selection.of(batch, weights.length, live);
            float[] rowWeights = new float[live.length];
            for (int i = 0; i < live.length; i++) {
                rowWeights[i] = (float) weights[live[i]];
            }
            try (Scope scope = decoder.newScope()) {
                IValue[] packed = decoder.arguments(scope, selection.batch());
                scope.call(
                        "scores_backward",
                        packed[0],
                        packed[1],
                        packed[2],
                        last(scope, selection.batch(), live.length),
                        scope.tensor(rowWeights, live.length, 1),
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
