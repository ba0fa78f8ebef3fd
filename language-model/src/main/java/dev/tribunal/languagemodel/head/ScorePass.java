package dev.tribunal.languagemodel.head;

import ai.djl.pytorch.jni.IValue;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.decoder.PackedBatch;
import dev.tribunal.languagemodel.decoder.Scope;
import dev.tribunal.languagemodel.training.Selection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One forward pass under a head of scores and, if asked to keep what that needs, its backward pass. A score is read off
 * some tokens of a sequence: the last one, or those that the completion's are predicted from.
 */
public final class ScorePass implements AutoCloseable {

    private final Decoder decoder;
    private final PackedBatch batch;
    private final Places places;
    private final int labels;
    private final List<float[][]> scores;
    private @Nullable IValue kept;

    /** Which tokens of a sequence are read. */
    private interface Places {

        /**
         * @param sequence of all
         * @param index of the sequence in a batch of some of them
         */
        int[] of(int sequence, PackedBatch batch, int index);
    }

    private ScorePass(Decoder decoder, int labels, PackedBatch batch, int sequences, Places places, boolean keep) {
        this.decoder = decoder;
        this.labels = labels;
        this.batch = batch;
        this.places = places;
        int[] all = IntStream.range(0, sequences).toArray();
        try (Scope scope = decoder.newScope()) {
            IValue[] packed = decoder.arguments(scope, batch);
            IValue[] result = scope.callForTuple(
                    "scores", packed[0], packed[1], packed[2], rows(scope, batch, all), scope.flag(keep));
            scores = split(scope.floats(result[0]), all);
            if (keep) {
                kept = scope.release(result[1]);
            }
        }
    }

    private static ScorePass ofLast(Decoder decoder, int labels, List<int[]> sequences, boolean keep) {
        PackedBatch batch = decoder.packPrompts(sequences.stream()
                .map(ids -> unpadded(ids, decoder.paddingId()))
                .toList());
        return new ScorePass(
                decoder,
                labels,
                batch,
                sequences.size(),
                (sequence, part, index) -> new int[] {part.lastOfPrompt(index)},
                keep);
    }

    private static ScorePass ofTokens(Decoder decoder, int labels, List<TokenSequence> sequences, boolean keep) {
        return new ScorePass(
                decoder,
                labels,
                decoder.pack(sequences),
                sequences.size(),
                (sequence, part, index) -> IntStream.range(
                                0, sequences.get(sequence).completion().length)
                        .map(t -> part.predecessor(index, t))
                        .toArray(),
                keep);
    }

    /** Nothing before it depends on padding at the end; of padding alone the first token is left. */
    private static int[] unpadded(int[] ids, OptionalInt padding) {
        int length = ids.length;
        while (padding.isPresent() && length > 0 && ids[length - 1] == padding.getAsInt()) {
            length--;
        }
        return Arrays.copyOf(ids, Math.max(1, length));
    }

    private List<float[][]> split(float[] values, int[] sequences) {
        List<float[][]> split = new ArrayList<>();
        int at = 0;
        for (int s : sequences) {
            float[][] rows = new float[places.of(s, batch, s).length][];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = Arrays.copyOfRange(values, at, at + labels);
                at += labels;
            }
            split.add(rows);
        }
        return split;
    }

    /** A pass over the sequences' last tokens. */
    public static ScorePass forward(Decoder decoder, int labels, List<int[]> sequences) {
        return ofLast(decoder, labels, sequences, true);
    }

    /** {@code [sequences][1][labels]} */
    public static List<float[][]> scores(Decoder decoder, int labels, List<int[]> sequences) {
        try (ScorePass pass = ofLast(decoder, labels, sequences, false)) {
            return pass.scores;
        }
    }

    /** A pass over the tokens that completions' tokens are predicted from. */
    public static ScorePass forwardValues(Decoder decoder, int labels, List<TokenSequence> sequences) {
        return ofTokens(decoder, labels, sequences, true);
    }

    /** {@code [sequences][completion length][labels]} */
    public static List<float[][]> values(Decoder decoder, int labels, List<TokenSequence> sequences) {
        try (ScorePass pass = ofTokens(decoder, labels, sequences, false)) {
            return pass.scores;
        }
    }

    /** {@code [sequences][tokens read][labels]} */
    public List<float[][]> scores() {
        return scores;
    }

    /** @param slopes {@code [sequences][tokens read][labels]}; a sequence with zeros alone leaves the batch */
    public void backward(List<double[][]> slopes) {
        IValue forward = kept;
        if (forward == null) {
            throw new IllegalStateException("backward has run on this forward pass already, or it is closed");
        }
        int[] live = IntStream.range(0, slopes.size())
                .filter(s -> Arrays.stream(slopes.get(s))
                        .flatMapToDouble(Arrays::stream)
                        .anyMatch(slope -> slope != 0))
                .toArray();
        if (live.length > 0) {
            Selection selection = Selection.of(batch, slopes.size(), live);
            double[] flat = Arrays.stream(live)
                    .mapToObj(slopes::get)
                    .flatMap(Arrays::stream)
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
            float[] rowSlopes = new float[flat.length];
            for (int i = 0; i < flat.length; i++) {
                rowSlopes[i] = (float) flat[i];
            }
            try (Scope scope = decoder.newScope()) {
                IValue[] packed = decoder.arguments(scope, selection.batch());
                scope.call(
                        "scores_backward",
                        packed[0],
                        packed[1],
                        packed[2],
                        rows(scope, selection.batch(), live),
                        scope.tensor(rowSlopes, rowSlopes.length / labels, labels),
                        scope.tensor(selection.places(), selection.places().length),
                        forward);
            }
        }
        close();
    }

    /** @param sequences that {@code part} is of */
    private IValue rows(Scope scope, PackedBatch part, int[] sequences) {
        int[] rows = IntStream.range(0, sequences.length)
                .flatMap(index -> Arrays.stream(places.of(sequences[index], part, index)))
                .toArray();
        return scope.tensor(rows, rows.length);
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
