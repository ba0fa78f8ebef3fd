package dev.tribunal.methods.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.statistics.SeededMeans.Cells;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeededMeansTest {

    @Test
    void aMeanIsOverTheTasksMeansOfAllTheirValues() {
        // Two seeds and two prompts: (1 + 2 + 3 + 4 + 5) / 5 = 3, for one prompt was answered twice by the first seed.
        Cells one = new Cells(
                List.of(new double[] {1 + 2, 3}, new double[] {4, 5}), List.of(new int[] {2, 1}, new int[] {1, 1}));
        // One prompt: (6 + 8) / 2 = 7.
        Cells other = new Cells(List.of(new double[] {6}, new double[] {8}), List.of(new int[] {1}, new int[] {1}));

        Estimate mean = Objects.requireNonNull(SeededMeans.mean(List.of(one, other)));

        assertThat(mean.value()).isEqualTo((3.0 + 7) / 2);
        assertThat(mean.n()).isEqualTo(7);
        // All draws of the first seed and its first prompt, mean 1.5, with 6; and of the second seed's second one with
        // 8.
        assertThat(mean.low()).isEqualTo((1.5 + 6) / 2);
        assertThat(mean.high()).isEqualTo((5.0 + 8) / 2);
    }

    @Test
    void twoSeedsAreDrawnAsTwoCoinsFall() {
        // Means 0, 1/2 and 1 with 1/4, 1/2, 1/4, whatever the prompts.
        Estimate mean = mean(new double[][] {{0, 0, 0, 0}, {1, 1, 1, 1}});
        assertThat(mean).isEqualTo(new Estimate(0.5, 0, 1, 8));
    }

    @Test
    void ofOneSeedItIsTheIntervalOverThePrompts() {
        double[] values = IntStream.range(0, 64).mapToDouble(p -> p % 2).toArray();
        Estimate mean = mean(new double[][] {values});
        // Of Binomial(64, 1/2), 24 is the 2.5 % quantile and 40 the 97.5 % one.
        assertThat(mean.low()).isCloseTo(24 / 64.0, within(1 / 64.0));
        assertThat(mean.high()).isCloseTo(40 / 64.0, within(1 / 64.0));
    }

    @Test
    void moreSeedsDoNotMakeThePromptsMore() {
        double[] hardAndEasy = IntStream.range(0, 64).mapToDouble(p -> p % 2).toArray();
        double[][] tenSeeds = new double[10][];
        Arrays.fill(tenSeeds, hardAndEasy);

        Estimate mean = mean(tenSeeds);

        // As of one seed; drawn for each seed anew it would be a third as wide.
        assertThat(mean.low()).isCloseTo(24 / 64.0, within(1 / 64.0));
        assertThat(mean.high()).isCloseTo(40 / 64.0, within(1 / 64.0));
    }

    @Test
    void whatASeedOrAPromptAddsToBothCancelsInADifference() {
        double[][] base = {{0, 10, 3}, {100, 110, 103}};
        double[][] higher = {{0.5, 10.5, 3.5}, {100.5, 110.5, 103.5}};

        Estimate difference =
                Objects.requireNonNull(SeededMeans.difference(List.of(cells(higher)), List.of(cells(base))));

        assertThat(difference.value()).isCloseTo(0.5, within(1e-9));
        assertThat(difference.low()).isCloseTo(0.5, within(1e-9));
        assertThat(difference.high()).isCloseTo(0.5, within(1e-9));
        assertThat(mean(higher).high() - mean(higher).low()).isGreaterThan(99);
    }

    @Test
    void aPromptWithoutAValueIsLeftOut() {
        Cells cells = new Cells(List.of(new double[] {1, 0}), List.of(new int[] {1, 0}));
        assertThat(SeededMeans.mean(List.of(cells))).isEqualTo(new Estimate(1, 1, 1, 1));
        Cells empty = new Cells(List.of(new double[] {0}), List.of(new int[] {0}));
        assertThat(SeededMeans.mean(List.of(empty))).isNull();
    }

    @Test
    void ofOneValueASeedAllDrawsAreGoneThrough() {
        assertThat(SeededMeans.ofSeeds(new double[] {0.5})).isEqualTo(new Estimate(0.5, 0.5, 0.5, 1));
        assertThat(SeededMeans.ofSeeds(new double[] {0, 1})).isEqualTo(new Estimate(0.5, 0, 1, 2));
        // Of Binomial(4, 1/4), 0.316, 0.738, 0.949, 0.996 and 1 are at most 0, 1, 2, 3 and 4.
        assertThat(SeededMeans.ofSeeds(new double[] {0, 0, 1, 0})).isEqualTo(new Estimate(0.25, 0, 0.75, 4));
        // Of Binomial(7, 2/7), 0.095 are at most 0, 0.892 at most 3 and 0.977 at most 4.
        Estimate seven = SeededMeans.ofSeeds(new double[] {0, 1, 0, 0, 1, 0, 0});
        assertThat(seven.low()).isZero();
        assertThat(seven.high()).isCloseTo(4 / 7.0, within(1e-12));
    }

    @Test
    void ofManySeedsTheyAreDrawn() {
        double[] values = IntStream.range(0, 64).mapToDouble(s -> s % 2).toArray();
        Estimate mean = SeededMeans.ofSeeds(values);
        assertThat(mean.value()).isEqualTo(0.5);
        assertThat(mean.low()).isCloseTo(24 / 64.0, within(1 / 64.0));
        assertThat(mean.high()).isCloseTo(40 / 64.0, within(1 / 64.0));
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() {
        assertThatThrownBy(() -> new Cells(List.of(), List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Cells(
                        List.of(new double[] {1}, new double[] {1, 2}), List.of(new int[] {1}, new int[] {1, 1})))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SeededMeans.difference(
                        List.of(Cells.ofSeeds(new double[] {1})), List.of(Cells.ofSeeds(new double[] {1, 2}))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        SeededMeans.mean(List.of(Cells.ofSeeds(new double[] {1}), Cells.ofSeeds(new double[] {1, 2}))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Estimate mean(double[][] values) {
        return Objects.requireNonNull(SeededMeans.mean(List.of(cells(values))));
    }

    private static Cells cells(double[][] values) {
        return new Cells(
                Arrays.asList(values),
                Arrays.stream(values).map(seed -> filled(seed.length, p -> 1)).toList());
    }

    private static int[] filled(int length, IntToDoubleFunction value) {
        return IntStream.range(0, length).map(p -> (int) value.applyAsDouble(p)).toArray();
    }
}
