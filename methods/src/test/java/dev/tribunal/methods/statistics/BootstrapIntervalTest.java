package dev.tribunal.methods.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapIntervalTest {

    @Test
    void ofYesAndNoItIsTheBinomialDistributions() {
        // Of Binomial(64, 1/2), 24 is the 2.5 % quantile and 40 the 97.5 % one.
        BootstrapInterval half = BootstrapInterval.of(rates(64, 32));
        assertThat(half.low()).isCloseTo(24 / 64.0, within(1 / 64.0));
        assertThat(half.high()).isCloseTo(40 / 64.0, within(1 / 64.0));
        assertThat(half.prompts()).isEqualTo(64);
        // Of Binomial(100, 0.1): 5 and 16.
        BootstrapInterval few = BootstrapInterval.of(rates(100, 10));
        assertThat(few.low()).isCloseTo(0.05, within(0.01));
        assertThat(few.high()).isCloseTo(0.16, within(0.01));
    }

    @Test
    void whatIsMeasuredOfOnePromptBelongsTogether() {
        BootstrapInterval apart = BootstrapInterval.of(rates(64, 32));
        BootstrapInterval together = BootstrapInterval.of(
                IntStream.range(0, 16).mapToObj(i -> filled(4, i % 2)).toList());
        // Of Binomial(16, 1/2): 4 and 12.
        assertThat(together.low()).isCloseTo(0.25, within(1 / 16.0)).isLessThan(apart.low());
        assertThat(together.high()).isCloseTo(0.75, within(1 / 16.0)).isGreaterThan(apart.high());
    }

    @Test
    void aMeanIsOverAllValuesNotOverPrompts() {
        // A draw of the first prompt alone has the mean 1, of the second alone 0, and of both 3/4.
        BootstrapInterval interval = BootstrapInterval.of(List.of(filled(3, 1), filled(1, 0)));
        assertThat(interval).isEqualTo(new BootstrapInterval(0, 1, 2));
    }

    @Test
    void whatDoesNotVaryHasNoWidthAndPromptsWithoutAValueDoNotCount() {
        assertThat(BootstrapInterval.of(List.of(filled(2, 0.25), filled(0, 0), filled(1, 0.25))))
                .isEqualTo(new BootstrapInterval(0.25, 0.25, 2));
        assertThatThrownBy(() -> BootstrapInterval.of(List.of(filled(0, 0))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<double[]> rates(int prompts, int ones) {
        return IntStream.range(0, prompts)
                .mapToObj(i -> filled(1, i < ones ? 1 : 0))
                .toList();
    }

    private static double[] filled(int count, double value) {
        return Collections.nCopies(count, value).stream()
                .mapToDouble(each -> each)
                .toArray();
    }
}
