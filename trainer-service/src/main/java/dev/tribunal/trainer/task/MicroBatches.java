package dev.tribunal.trainer.task;

import dev.tribunal.languagemodel.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Cuts sequences into runs that fit into memory. */
public final class MicroBatches {

    private MicroBatches() {}

    /**
     * @param items in order; those of one group beside each other, since their shared prompt counts once
     * @param sequences that have to be in one pass
     * @param mostTokens of a micro-batch; a single item of more is one of its own
     */
    public static <T> List<List<T>> of(List<T> items, Function<T, List<TokenSequence>> sequences, int mostTokens) {
        List<List<T>> batches = new ArrayList<>();
        List<T> batch = new ArrayList<>();
        int tokens = 0;
        int[] prompt = null;
        for (T item : items) {
            int more = tokens(sequences.apply(item), prompt);
            if (!batch.isEmpty() && tokens + more > mostTokens) {
                batches.add(batch);
                batch = new ArrayList<>();
                tokens = 0;
                more = tokens(sequences.apply(item), null);
            }
            batch.add(item);
            tokens += more;
            prompt = sequences.apply(item).getLast().prompt();
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    /** @param before the prompt that the batch has already */
    @SuppressWarnings("ReferenceEquality") // sequences of one group share the very array
    private static int tokens(List<TokenSequence> sequences, int @Nullable [] before) {
        int tokens = 0;
        int[] prompt = before;
        for (TokenSequence sequence : sequences) {
            tokens += sequence.prompt() == prompt ? sequence.completion().length : sequence.length();
            prompt = sequence.prompt();
        }
        return tokens;
    }
}
