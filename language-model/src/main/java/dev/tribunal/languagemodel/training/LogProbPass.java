package dev.tribunal.languagemodel.training;

import ai.djl.pytorch.jni.IValue;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.decoder.PackedBatch;
import dev.tribunal.languagemodel.decoder.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One forward pass over sequences and, if asked to keep what that needs, its backward pass. */
public final class LogProbPass implements AutoCloseable {

    private final Decoder decoder;
    private final List<TokenSequence> sequences;
    private final PackedBatch batch;
    private final List<float[]> logProbs;
    private @Nullable IValue kept;

    private LogProbPass(Decoder decoder, List<TokenSequence> sequences, boolean keep) {
        this.decoder = decoder;
        this.sequences = sequences;
        batch = decoder.pack(sequences);
        int[] all = IntStream.range(0, sequences.size()).toArray();
        Rows rows = new Rows(batch, all, null);
        try (Scope scope = decoder.newScope()) {
            IValue[] packed = decoder.arguments(scope, batch);
            IValue[] result = scope.callForTuple(
                    "log_probs",
                    packed[0],
                    packed[1],
                    packed[2],
                    rows.places(scope),
                    rows.targets(scope),
                    scope.flag(keep));
            logProbs = split(scope.floats(result[0]));
            if (keep) {
                kept = scope.release(result[1]);
            }
        }
    }

    public static LogProbPass forward(Decoder decoder, List<TokenSequence> sequences) {
        return new LogProbPass(decoder, sequences, true);
    }

    /** {@code [sequences][completion length]} */
    public static List<float[]> logProbs(Decoder decoder, List<TokenSequence> sequences) {
        try (LogProbPass pass = new LogProbPass(decoder, sequences, false)) {
            return pass.logProbs;
        }
    }

    /** {@code [sequences][completion length]} */
    public List<float[]> logProbs() {
        return logProbs;
    }

    /** @param weights {@code [sequences][completion length]}; a sequence with zeros alone leaves the batch */
    public void backward(List<double[]> weights) {
        IValue forward = kept;
        if (forward == null) {
            throw new IllegalStateException("backward has run on this forward pass already, or it is closed");
        }
        int[] live = IntStream.range(0, weights.size())
                .filter(s -> Arrays.stream(weights.get(s)).anyMatch(w -> w != 0))
                .toArray();
        if (live.length > 0) {
            Selection selection = Selection.of(batch, sequences.size(), live);
            Rows rows = new Rows(selection.batch(), live, weights);
            try (Scope scope = decoder.newScope()) {
                IValue[] packed = decoder.arguments(scope, selection.batch());
                scope.call(
                        "log_probs_backward",
                        packed[0],
                        packed[1],
                        packed[2],
                        rows.places(scope),
                        rows.targets(scope),
                        rows.weights(scope),
                        scope.tensor(selection.places(), selection.places().length),
                        forward);
            }
        }
        close();
    }

    private List<float[]> split(float[] values) {
        List<float[]> split = new ArrayList<>();
        int at = 0;
        for (TokenSequence sequence : sequences) {
            split.add(Arrays.copyOfRange(values, at, at + sequence.completion().length));
            at += sequence.completion().length;
        }
        return split;
    }

    /** Frees what the forward pass kept. */
    @Override
    public void close() {
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }

    /** What goes through the head: one row a completion's token; with weights, those of weight zero are left out. */
    private final class Rows {

        private final List<Integer> places = new ArrayList<>();
        private final List<Integer> targets = new ArrayList<>();
        private final List<Double> weights = new ArrayList<>();

        /** @param live the sequences that {@code part} is of */
        Rows(PackedBatch part, int[] live, @Nullable List<double[]> tokenWeights) {
            for (int s = 0; s < live.length; s++) {
                int[] completion = sequences.get(live[s]).completion();
                for (int t = 0; t < completion.length; t++) {
                    double weight = tokenWeights == null ? 1 : tokenWeights.get(live[s])[t];
                    if (weight != 0) {
                        places.add(part.predecessor(s, t));
                        targets.add(completion[t]);
                        weights.add(weight);
                    }
                }
            }
        }

        IValue places(Scope scope) {
            return scope.tensor(places.stream().mapToInt(Integer::intValue).toArray(), places.size());
        }

        IValue targets(Scope scope) {
            return scope.tensor(targets.stream().mapToInt(Integer::intValue).toArray(), targets.size(), 1);
        }

        IValue weights(Scope scope) {
            float[] values = new float[weights.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = weights.get(i).floatValue();
            }
            return scope.tensor(values, values.length, 1);
        }
    }
}
