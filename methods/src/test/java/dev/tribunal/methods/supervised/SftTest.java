package dev.tribunal.methods.supervised;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.RatedGroup;
import java.util.List;
import org.junit.jupiter.api.Test;

class SftTest {

    @Test
    void theLossIsTheMeanOverAllTokens() {
        RatedGroup one = Rated.group(Rated.given(Provenance.DEMONSTRATION).logProbs(-1, -2));
        RatedGroup two = Rated.group(
                Rated.given(Provenance.DEMONSTRATION).logProbs(-4, -5, -6),
                Rated.of(1).logProbs(-9));
        List<LossTerm> terms = new Sft().terms(List.of(one, two));
        assertThat(terms.stream().mapToDouble(term -> Rated.slopes(term).loss()).sum())
                .isEqualTo(18 / 5.0);
        assertThat(Rated.logProbSlopes(terms, one.rollouts().getFirst())).containsOnly(-1 / 5.0);
        assertThat(Rated.logProbSlopes(terms, two.rollouts().getLast()))
                .as("a sample")
                .containsOnly(0);
        assertThat(Rated.roles(terms, two)).containsExactly("demonstration", "-");
    }
}
