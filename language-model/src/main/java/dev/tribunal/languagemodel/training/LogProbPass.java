package dev.tribunal.languagemodel.training;

import ai.djl.pytorch.jni.IValue;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.decoder.PackedBatch;
import dev.tribunal.languagemodel.decoder.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One forward pass over sequences and, if asked to keep what that needs, its backward pass. */
public final class LogProbPass implements AutoCloseable {

    private final Decoder decoder;
    private final List<TokenSequence> sequences;
    private final double temperature;
    private final @Nullable ReferenceRows reference;
    private final PackedBatch batch;
    private final List<float[]> logProbs;
    private final @Nullable List<float[]> entropies;
    private final @Nullable List<float[]> tokenKls;
    private @Nullable IValue kept;

    private LogProbPass(
            Decoder decoder,
            List<TokenSequence> sequences,
            double temperature,
            boolean entropy,
            @Nullable ReferenceRows reference,
            boolean keep) {
        this.decoder = decoder;
        this.sequences = sequences;
        this.temperature = temperature;
        this.reference = reference;
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
                    scope.number(temperature),
                    scope.flag(entropy),
                    referenceRows(scope),
                    scope.flag(keep));
            int columns = 1 + (entropy ? 1 : 0) + (reference == null ? 0 : 1);
            float[] values = scope.floats(result[0]);
            logProbs = column(values, columns, 0);
            entropies = entropy ? column(values, columns, 1) : null;
            tokenKls = reference == null ? null : column(values, columns, columns - 1);
            if (keep) {
                kept = scope.release(result[1]);
            }
        }
    }

    /**
     * @param reference of the same sequences; closed with this pass
     */
    public static LogProbPass forward(
            Decoder decoder,
            List<TokenSequence> sequences,
            double temperature,
            boolean entropy,
            @Nullable ReferenceRows reference) {
        return new LogProbPass(decoder, sequences, temperature, entropy, reference, true);
    }

    /** {@code [sequences][completion length]} */
    public static List<float[]> logProbs(Decoder decoder, List<TokenSequence> sequences, double temperature) {
        try (LogProbPass pass = new LogProbPass(decoder, sequences, temperature, false, null, false)) {
            return pass.logProbs;
        }
    }

    /** {@code [sequences][completion length]} */
    public List<float[]> logProbs() {
        return logProbs;
    }

    /** {@code [sequences][completion length]}, or null if they were not wanted. */
    public @Nullable List<float[]> entropies() {
        return entropies;
    }

    /** {@code [sequences][completion length]}, or null if there is no reference. */
    public @Nullable List<float[]> tokenKls() {
        return tokenKls;
    }

    /** @param slopes one a sequence; a sequence with zeros alone leaves the batch */
    public void backward(List<TokenSlopes> slopes) {
        IValue forward = kept;
        if (forward == null) {
            throw new IllegalStateException("backward has run on this forward pass already, or it is closed");
        }
        int[] live = IntStream.range(0, slopes.size())
                .filter(s -> slopes.get(s).anyNonZero())
                .toArray();
        if (live.length > 0) {
            Selection selection = Selection.of(batch, sequences.size(), live);
            Rows rows = new Rows(selection.batch(), live, slopes);
            try (Scope scope = decoder.newScope()) {
                IValue[] packed = decoder.arguments(scope, selection.batch());
                scope.call(
                        "log_probs_backward",
                        packed[0],
                        packed[1],
                        packed[2],
                        rows.places(scope),
                        rows.targets(scope),
                        rows.slopes(scope),
                        scope.number(temperature),
                        referenceRows(scope),
                        rows.numbers(scope),
                        scope.tensor(selection.places(), selection.places().length),
                        forward);
            }
        }
        close();
    }

    private IValue referenceRows(Scope scope) {
        return reference == null ? scope.list(List.of()) : reference.rows();
    }

    /** One of the head's columns, {@code [sequences][completion length]}. */
    private List<float[]> column(float[] values, int columns, int column) {
        List<float[]> split = new ArrayList<>();
        int row = 0;
        for (TokenSequence sequence : sequences) {
            float[] of = new float[sequence.completion().length];
            for (int t = 0; t < of.length; t++) {
                of[t] = values[row++ * columns + column];
            }
            split.add(of);
        }
        return split;
    }

    /** Frees what the forward pass kept. */
    @Override
    public void close() {
        if (kept != null) {
            kept.close();
            kept = null;
            if (reference != null) {
                reference.close();
            }
        }
    }

    /** What goes through the head: one row a completion's token; with slopes, those whose slopes are zero are left out. */
    private final class Rows {

        private final List<Integer> places = new ArrayList<>();
        private final List<Integer> targets = new ArrayList<>();
        /** Which of all sequences' tokens it is. */
        private final List<Integer> numbers = new ArrayList<>();

        private final List<double[]> slopes = new ArrayList<>();
        private boolean logProbsAlone = true;

        /** @param live the sequences that {@code part} is of */
        Rows(PackedBatch part, int[] live, @Nullable List<TokenSlopes> of) {
            int[] first = new int[sequences.size()];
            for (int s = 1; s < first.length; s++) {
                first[s] = first[s - 1] + sequences.get(s - 1).completion().length;
            }
            for (int s = 0; s < live.length; s++) {
                int[] completion = sequences.get(live[s]).completion();
                for (int t = 0; t < completion.length; t++) {
                    if (of == null || add(of.get(live[s]), t)) {
                        places.add(part.predecessor(s, t));
                        targets.add(completion[t]);
                        numbers.add(first[live[s]] + t);
                    }
                }
            }
        }

        /** Whether any slope of the token is not zero. */
        private boolean add(TokenSlopes of, int t) {
            double entropy = of.entropy() == null ? 0 : of.entropy()[t];
            double kl = of.tokenKl() == null ? 0 : of.tokenKl()[t];
            if (of.logProb()[t] == 0 && entropy == 0 && kl == 0) {
                return false;
            }
            slopes.add(new double[] {of.logProb()[t], entropy, kl});
            logProbsAlone &= entropy == 0 && kl == 0;
            return true;
        }

        IValue places(Scope scope) {
            return scope.tensor(places.stream().mapToInt(Integer::intValue).toArray(), places.size());
        }

        IValue targets(Scope scope) {
            return scope.tensor(targets.stream().mapToInt(Integer::intValue).toArray(), targets.size(), 1);
        }

        IValue numbers(Scope scope) {
            return scope.tensor(numbers.stream().mapToInt(Integer::intValue).toArray(), numbers.size());
        }

        /** {@code [rows][1]} of log-probabilities alone, or {@code [rows][3]}. */
        IValue slopes(Scope scope) {
            int columns = logProbsAlone ? 1 : 3;
            float[] values = new float[columns * slopes.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) slopes.get(i / columns)[i % columns];
            }
            return scope.tensor(values, slopes.size(), columns);
        }
    }

    /**
     * What a pass needs of another model to compare distributions over the whole vocabulary: its last layer's output at
     * the tokens that the sequences' completions are predicted from, and its head.
     */
    public static final class ReferenceRows implements AutoCloseable {

        private @Nullable IValue rows;

        private ReferenceRows(IValue rows) {
            this.rows = rows;
        }

        /** @param decoder the other model's, on whose thread this is called */
        public static ReferenceRows of(Decoder decoder, List<TokenSequence> sequences) {
            PackedBatch batch = decoder.pack(sequences);
            int[] places = IntStream.range(0, sequences.size())
                    .flatMap(s -> IntStream.range(0, sequences.get(s).completion().length)
                            .map(t -> batch.predecessor(s, t)))
                    .toArray();
            try (Scope scope = decoder.newScope()) {
                IValue[] packed = decoder.arguments(scope, batch);
                return new ReferenceRows(scope.release(
                        scope.call("reference", packed[0], packed[1], packed[2], scope.tensor(places, places.length))));
            }
        }

        private IValue rows() {
            return Objects.requireNonNull(rows);
        }

        @Override
        public void close() {
            if (rows != null) {
                rows.close();
                rows = null;
            }
        }
    }
}
