package dev.tribunal.reward.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.reward.training.pair.TokenPair;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {

    @Test
    void allPairsOfOnePromptAreOnTheSameSide() {
        Split<TokenPair> split = Split.of(pairs(20, 3), 0.25, 7);

        assertThat(split.validation()).hasSize(5 * 3);
        assertThat(split.training()).hasSize(15 * 3);
        assertThat(split.training().stream().map(TokenPair::prompt))
                .doesNotContainAnyElementsOf(
                        split.validation().stream().map(TokenPair::prompt).toList());
    }

    @Test
    void theSeedAloneDecides() {
        List<TokenPair> pairs = pairs(40, 1);

        assertThat(Split.of(pairs, 0.5, 7)).isEqualTo(Split.of(pairs, 0.5, 7));
        assertThat(Split.of(pairs, 0.5, 7)).isNotEqualTo(Split.of(pairs, 0.5, 8));
    }

    @Test
    void somethingIsAlwaysLeftToLearnFrom() {
        assertThat(Split.of(pairs(1, 2), 0.5, 7).training()).hasSize(2);
        assertThat(Split.of(pairs(2, 1), 0.01, 7).validation()).hasSize(1);
        assertThat(Split.of(pairs(9, 1), 0, 7).validation()).isEmpty();
    }

    @Test
    void aShuffleKeepsEveryItemAndChangesWithItsKey() {
        List<Integer> items = IntStream.range(0, 50).boxed().toList();

        assertThat(CounterRandom.shuffled(items, 1))
                .containsExactlyInAnyOrderElementsOf(items)
                .isNotEqualTo(items);
        assertThat(CounterRandom.shuffled(items, 1))
                .isEqualTo(CounterRandom.shuffled(items, 1))
                .isNotEqualTo(CounterRandom.shuffled(items, 2));
    }

    private static List<TokenPair> pairs(int prompts, int pairsEach) {
        return IntStream.range(0, prompts * pairsEach)
                .mapToObj(i -> new TokenPair(i / pairsEach, new int[] {i}, new int[] {-i}, PairLabel.CERTAIN))
                .toList();
    }
}
