package dev.tribunal.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.languagemodel.TokenSequence;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicroBatchesTest {

    private final int[] prompt = new int[10];

    @Test
    void aSharedPromptCountsOnceABatch() {
        List<TokenSequence> group = List.of(completion(prompt, 5), completion(prompt, 5), completion(prompt, 5));
        assertThat(sizes(group, 25)).containsExactly(3);
        assertThat(sizes(group, 24)).containsExactly(2, 1);
        assertThat(sizes(List.of(completion(prompt, 5), completion(new int[10], 5)), 29))
                .as("an equal prompt of another group counts again")
                .containsExactly(1, 1);
    }

    @Test
    void aLongSequenceIsAlone() {
        assertThat(sizes(List.of(completion(prompt, 1), completion(prompt, 90), completion(prompt, 1)), 20))
                .containsExactly(1, 1, 1);
        assertThat(sizes(List.of(), 20)).isEmpty();
    }

    private static TokenSequence completion(int[] prompt, int tokens) {
        return new TokenSequence(prompt, new int[tokens]);
    }

    private static List<Integer> sizes(List<TokenSequence> sequences, int mostTokens) {
        return MicroBatches.of(sequences, List::of, mostTokens).stream()
                .map(List::size)
                .toList();
    }
}
