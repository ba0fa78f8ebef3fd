package dev.tribunal.trainer.training;

import dev.tribunal.languagemodel.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Cuts sequences into runs that fit into memory. */
final class MicroBatches {

    private MicroBatches() {}

    /**
     * @param items in order; those of one group beside each other, since their shared prompt counts once
     * @param mostTokens of a micro-batch; a single longer sequence is one of its own
     */
    @SuppressWarnings("ReferenceEquality") // sequences of one group share the very array
    static <T> List<List<T>> of(List<T> items, Function<T, TokenSequence> sequence, int mostTokens) {
        List<List<T>> batches = new ArrayList<>();
        List<T> batch = new ArrayList<>();
        int tokens = 0;
        int[] prompt = null;
        for (T item : items) {
            TokenSequence next = sequence.apply(item);
            int more = next.prompt() == prompt ? next.completion().length : next.length();
            if (!batch.isEmpty() && tokens + more > mostTokens) {
                batches.add(batch);
                batch = new ArrayList<>();
                tokens = 0;
                more = next.length();
            }
            batch.add(item);
            tokens += more;
            prompt = next.prompt();
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }
}
