package dev.tribunal.reward.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MiniBatchesTest {

    @Test
    void thePaddedSizeOfABatchStaysWithinTheBound() {
        assertThat(split(List.of(1, 2, 3, 4, 5), 8)).containsExactly(List.of(1, 2), List.of(3, 4), List.of(5));
    }

    @Test
    void anItemThatIsLongerThanTheBoundGoesAlone() {
        assertThat(split(List.of(1, 9, 1, 1), 4)).containsExactly(List.of(1), List.of(9), List.of(1, 1));
    }

    @Test
    void nothingGivesNoBatch() {
        assertThat(split(List.of(), 4)).isEmpty();
    }

    private static List<List<Integer>> split(List<Integer> lengths, int maxTokens) {
        return MiniBatches.split(lengths, Integer::intValue, maxTokens);
    }
}
