package dev.tribunal.languagemodel.decoder;

import ai.djl.pytorch.jni.IValue;
import dev.tribunal.languagemodel.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Sequences as one row of tokens without padding. A prompt that several sequences share is there once, and so is its
 * work, unless they are so long that its angles depend on their lengths; a completion's last token is left out, since
 * nothing is predicted from it.
 *
 * <p>Tokens attend in rows: a prompt's tokens to their prompt, a completion's tokens to the prompt's and their own.
 * Rows of like lengths are padded into one block.
 */
public final class PackedBatch {

    /** A block's scores for all heads hold at most this many floats (64 MiB). */
    private static final long BLOCK_SCORES = 16L << 20;

    private final int longestUnstretched;
    private final List<int[]> prompts;
    private final List<int[]> completions;
    /** Of each sequence: index among the prompts, and first token of its completion's. */
    private final int[] promptOf;

    private final int[] promptStarts;
    private final int[] completionStarts;
    private final int[] ids;
    private final int[] positions;
    private final int[] stretchedLengths;
    private final List<Row> rows;

    /** Consecutive queries, and the keys that they see: all of the prefix, then from {@code start} on to themselves. */
    private record Row(int start, int length, int prefixStart, int prefixLength) {
        int keys() {
            return prefixLength + length;
        }
    }

    /** A prompt as a map's key, with the length of a sequence whose angles are its own, or else 0. */
    private record Prompt(int[] ids, int stretchedLength) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Prompt that
                    && Arrays.equals(ids, that.ids)
                    && stretchedLength == that.stretchedLength;
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(ids);
        }
    }

    private PackedBatch(int longestUnstretched, List<int[]> prompts, List<int[]> completions) {
        this.longestUnstretched = longestUnstretched;
        this.prompts = prompts;
        this.completions = completions;
        Map<Prompt, Integer> distinct = new LinkedHashMap<>();
        promptOf = IntStream.range(0, prompts.size())
                .map(s -> distinct.computeIfAbsent(
                        new Prompt(prompts.get(s), stretchedLengthOf(s)), unseen -> distinct.size()))
                .toArray();
        promptStarts = new int[distinct.size()];
        completionStarts = new int[prompts.size()];
        int size = distinct.keySet().stream()
                        .mapToInt(prompt -> prompt.ids().length)
                        .sum()
                + completions.stream()
                        .mapToInt(completion -> Math.max(0, completion.length - 1))
                        .sum();
        ids = new int[size];
        positions = new int[size];
        stretchedLengths = new int[size];
        rows = new ArrayList<>();
        int at = 0;
        int index = 0;
        for (Prompt prompt : distinct.keySet()) {
            promptStarts[index++] = at;
            Row row = new Row(at, prompt.ids().length, 0, 0);
            at = add(prompt.ids(), prompt.ids().length, row, prompt.stretchedLength());
        }
        for (int s = 0; s < completions.size(); s++) {
            completionStarts[s] = at;
            int length = Math.max(0, completions.get(s).length - 1);
            if (length > 0) {
                at = add(
                        completions.get(s),
                        length,
                        new Row(at, length, promptStarts[promptOf[s]], prompts.get(s).length),
                        stretchedLengthOf(s));
            }
        }
    }

    private int stretchedLengthOf(int sequence) {
        int length = prompts.get(sequence).length + completions.get(sequence).length;
        return length > longestUnstretched ? length : 0;
    }

    private int add(int[] tokens, int length, Row row, int stretchedLength) {
        Arrays.fill(stretchedLengths, row.start, row.start + length, stretchedLength);
        System.arraycopy(tokens, 0, ids, row.start, length);
        for (int t = 0; t < length; t++) {
            positions[row.start + t] = row.prefixLength + t;
        }
        rows.add(row);
        return row.start + length;
    }

    /** @param longestUnstretched as {@link dev.tribunal.languagemodel.architecture.Rope} has it */
    static PackedBatch of(int longestUnstretched, List<TokenSequence> sequences) {
        return new PackedBatch(
                longestUnstretched,
                sequences.stream().map(TokenSequence::prompt).toList(),
                sequences.stream().map(TokenSequence::completion).toList());
    }

    /** @param longestUnstretched as {@link dev.tribunal.languagemodel.architecture.Rope} has it */
    static PackedBatch ofPrompts(int longestUnstretched, List<int[]> prompts) {
        return new PackedBatch(
                longestUnstretched,
                prompts,
                prompts.stream().map(prompt -> new int[0]).toList());
    }

    public int tokens() {
        return ids.length;
    }

    /** Positions that the longest sequence has here. */
    int longest() {
        return 1 + Arrays.stream(positions).max().orElse(-1);
    }

    /** The packed token that the completion's token {@code t} is predicted from. */
    public int predecessor(int sequence, int t) {
        return t == 0 ? lastOfPrompt(sequence) : completionStarts[sequence] + t - 1;
    }

    /** Where the last token of a sequence's prompt is. */
    public int lastOfPrompt(int sequence) {
        return promptStart(sequence) + prompts.get(sequence).length - 1;
    }

    public int promptStart(int sequence) {
        return promptStarts[promptOf[sequence]];
    }

    /** The batch of some of the sequences, in the given order. */
    public PackedBatch only(int[] sequences) {
        return new PackedBatch(
                longestUnstretched,
                Arrays.stream(sequences).mapToObj(prompts::get).toList(),
                Arrays.stream(sequences).mapToObj(completions::get).toList());
    }

    /** For each token of {@link #only}'s batch, where it is in this one. */
    public int[] placesOf(PackedBatch part, int[] sequences) {
        int[] places = new int[part.tokens()];
        for (int s = 0; s < sequences.length; s++) {
            int whole = sequences[s];
            copy(places, part.promptStart(s), promptStart(whole), prompts.get(whole).length);
            copy(places, part.completionStarts[s], completionStarts[whole], completions.get(whole).length - 1);
        }
        return places;
    }

    private static void copy(int[] places, int to, int from, int length) {
        for (int t = 0; t < length; t++) {
            places[to + t] = from + t;
        }
    }

    /** Of a token within its sequence. */
    public int position(int token) {
        return positions[token];
    }

    /** Of the sequence that a token is of, if its length changes its angles, or else 0. */
    int stretchedLength(int token) {
        return stretchedLengths[token];
    }

    boolean isStretched() {
        return Arrays.stream(stretchedLengths).anyMatch(length -> length > 0);
    }

    IValue ids(Scope scope) {
        return scope.tensor(ids, ids.length);
    }

    IValue positions(Scope scope) {
        return scope.tensor(positions, ids.length);
    }

    /** What the script's {@code places} takes. */
    IValue blocks(Scope scope, int heads) {
        List<IValue> tensors = new ArrayList<>();
        long[] outputs = new long[2 * ids.length];
        long first = 0;
        for (List<Row> block : blocks(heads)) {
            int queries = block.stream().mapToInt(Row::length).max().orElseThrow();
            int keys = block.stream().mapToInt(Row::keys).max().orElseThrow();
            addBlock(scope, tensors, block, queries, keys);
            for (int b = 0; b < block.size(); b++) {
                Row row = block.get(b);
                for (int t = 0; t < row.length; t++) {
                    outputs[row.start + t] = first + (long) b * heads * queries + t;
                    outputs[ids.length + row.start + t] = queries;
                }
            }
            first += (long) block.size() * heads * queries;
        }
        tensors.addFirst(scope.tensor(outputs, 2, ids.length));
        return scope.list(tensors);
    }

    /** Padded queries and keys name token 0: its queries' outputs are not read, its keys are not seen. */
    private static void addBlock(Scope scope, List<IValue> tensors, List<Row> block, int queries, int keys) {
        long[] queryTokens = new long[block.size() * queries];
        long[] keyTokens = new long[block.size() * keys];
        long[] visible = new long[block.size() * queries];
        Arrays.fill(visible, 1);
        for (int b = 0; b < block.size(); b++) {
            Row row = block.get(b);
            for (int t = 0; t < row.length; t++) {
                queryTokens[b * queries + t] = (long) row.start + t;
                visible[b * queries + t] = (long) row.prefixLength + t + 1;
                keyTokens[b * keys + row.prefixLength + t] = (long) row.start + t;
            }
            for (int t = 0; t < row.prefixLength; t++) {
                keyTokens[b * keys + t] = (long) row.prefixStart + t;
            }
        }
        tensors.add(scope.tensor(queryTokens, block.size(), queries));
        tensors.add(scope.tensor(keyTokens, block.size(), keys));
        tensors.add(scope.tensor(visible, block.size(), queries));
    }

    /** Rows sorted by length and cut where padding would take more than a third, or the scores too much memory. */
    private List<List<Row>> blocks(int heads) {
        List<Row> sorted = rows.stream()
                .sorted(Comparator.comparingInt(Row::length)
                        .thenComparingInt(Row::keys)
                        .reversed())
                .toList();
        List<List<Row>> blocks = new ArrayList<>();
        List<Row> open = new ArrayList<>();
        int keys = 0;
        long real = 0;
        for (Row row : sorted) {
            int queries = (open.isEmpty() ? row : open.getFirst()).length;
            keys = Math.max(keys, row.keys());
            real += (long) row.length * row.keys();
            long padded = (open.size() + 1L) * queries * keys;
            if (!open.isEmpty() && (3 * real < 2 * padded || heads * padded > BLOCK_SCORES)) {
                blocks.add(open);
                open = new ArrayList<>();
                keys = row.keys();
                real = (long) row.length * row.keys();
            }
            open.add(row);
        }
        blocks.add(open);
        return blocks;
    }
}
