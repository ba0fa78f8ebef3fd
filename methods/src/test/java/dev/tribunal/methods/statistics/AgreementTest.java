package dev.tribunal.methods.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AgreementTest {

    @Test
    void kappaIsThatOfATextbook() {
        // Two readers of 50 grants: 20 both yes, 5 only the first, 10 only the second, 15 both no. They agree on 0.7,
        // chance is 0.5 * 0.6 + 0.5 * 0.4 = 0.5, so kappa = 0.4; its standard error is 0.13 (Fleiss et al., 1969).
        Agreement agreement = Agreement.of(ones(20, 5, 10, 15), 3);
        Estimate kappa = Objects.requireNonNull(agreement.kappa());
        assertThat(kappa.value()).isCloseTo(0.4, within(1e-12));
        assertThat(kappa.low()).isCloseTo(0.4 - 1.96 * 0.13, within(0.05));
        assertThat(kappa.high()).isCloseTo(0.4 + 1.96 * 0.13, within(0.05));
        assertThat(kappa.n()).isEqualTo(50);
        assertThat(agreement.undecided()).isEqualTo(3);
        assertThat(value(agreement.accuracy())).isCloseTo(0.7, within(1e-12));
        assertThat(value(agreement.satisfied().precision())).isCloseTo(20 / 25.0, within(1e-12));
        assertThat(value(agreement.satisfied().recall())).isCloseTo(20 / 30.0, within(1e-12));
        assertThat(value(agreement.violated().precision())).isCloseTo(15 / 25.0, within(1e-12));
        assertThat(value(agreement.violated().recall())).isCloseTo(15 / 20.0, within(1e-12));
    }

    @Test
    void aShareHasWilsonsInterval() {
        // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        assertShare(Estimate.share(81, 263), 0.2553, 0.3662);
        assertShare(Estimate.share(15, 148), 0.0624, 0.1605);
        assertShare(Estimate.share(0, 20), 0, 0.1611);
        assertShare(Estimate.share(1, 29), 0.0061, 0.1718);
        assertThat(Estimate.share(0, 0)).isNull();
    }

    @Test
    void completionsOfOnePromptThatAllSayTheSameAreWorthOne() {
        List<Confusion> together = new ArrayList<>(Collections.nCopies(30, new Confusion(4, 0, 0, 0)));
        together.addAll(Collections.nCopies(10, new Confusion(0, 4, 0, 0)));
        Estimate clustered = Objects.requireNonNull(Estimate.share(together, Confusion::agreed, Confusion::n));
        Estimate apart = Objects.requireNonNull(Estimate.share(30, 40));
        assertThat(clustered.value()).isEqualTo(0.75);
        assertThat(clustered.n()).isEqualTo(160);
        assertThat(clustered.low()).isCloseTo(apart.low(), within(0.01));
        assertThat(clustered.high()).isCloseTo(apart.high(), within(0.01));
        assertShare(
                Estimate.share(Collections.nCopies(20, new Confusion(0, 3, 0, 0)), Confusion::agreed, Confusion::n),
                0,
                0.1611);
    }

    @Test
    void completionsOfOnePromptThatDifferAreWorthThemselves() {
        Estimate mixed =
                Estimate.share(Collections.nCopies(40, new Confusion(1, 1, 0, 0)), Confusion::agreed, Confusion::n);
        assertThat(mixed).isEqualTo(Estimate.share(40, 80));
    }

    @Test
    void whatIsNotKnownIsAbsent() {
        Agreement nothing = Agreement.of(List.of(), 4);
        assertThat(nothing.accuracy()).isNull();
        assertThat(nothing.kappa()).isNull();
        Agreement oneSided = Agreement.of(ones(9, 0, 0, 0), 0);
        assertThat(oneSided.kappa()).as("chance agrees always").isNull();
        assertThat(oneSided.violated().precision()).isNull();
        assertThat(value(oneSided.accuracy())).isEqualTo(1);
        // The judge says one thing only: it agrees by chance, however often.
        assertThat(value(Agreement.of(ones(9, 3, 0, 0), 0).kappa())).isZero();
    }

    private static void assertShare(@Nullable Estimate share, double low, double high) {
        assertThat(Objects.requireNonNull(share).low()).isCloseTo(low, within(0.00006));
        assertThat(share.high()).isCloseTo(high, within(0.00006));
    }

    private static double value(@Nullable Estimate estimate) {
        return Objects.requireNonNull(estimate).value();
    }

    private static List<Confusion> ones(int both, int judge, int other, int neither) {
        List<Confusion> all = new ArrayList<>();
        all.addAll(Collections.nCopies(both, Confusion.of(true, true)));
        all.addAll(Collections.nCopies(judge, Confusion.of(true, false)));
        all.addAll(Collections.nCopies(other, Confusion.of(false, true)));
        all.addAll(Collections.nCopies(neither, Confusion.of(false, false)));
        return all;
    }
}
