package dev.tribunal.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.MethodTrial.Tried;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.online.Codpo;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.methods.online.Grpo;
import dev.tribunal.methods.online.Grpo.Importance;
import dev.tribunal.methods.online.Grpo.Mean;
import dev.tribunal.methods.rollout.RatedGroup;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MethodTrialTest {

    private final RatedGroup golden = Rated.group(
            1, new double[] {2, 1, 0.5, 3}, new boolean[] {true, true, false, true}, new double[] {1, 0, 2, 12});

    @Test
    void eachRolloutHasItsNumbers() {
        MethodTrial trial = MethodTrial.of(new Crpg(10), List.of(golden));
        Tried first = trial.groups().getFirst().getFirst();
        assertThat(Objects.requireNonNull(first.member()).advantage()).isCloseTo(.36846, within(5e-6));
        assertThat(first.slopes().logProbs()).containsOnly(new double[] {-.36846 / 4}, within(2e-6));
        // -1/4 sum of advantage times log pi, which is -60 and the log-ratio
        assertThat(trial.loss()).isCloseTo(-(.36846 - .28949 * (2 + 12)) / 4, within(2e-5));
    }

    @Test
    void whatIsTakenForNothingHasSlopesOfZero() {
        List<Tried> tried =
                MethodTrial.of(new Codpo(0.1, 0), List.of(golden)).groups().getFirst();
        assertThat(tried.getFirst().member()).isNull();
        assertThat(tried.getFirst().slopes().logProbs()).hasSize(Rated.TOKENS).containsOnly(0);
        assertThat(Objects.requireNonNull(tried.getLast().member()).role()).isEqualTo("chosen");
    }

    @Test
    void thePolicyMaySayOtherThingsThanWhenItSampled() {
        RatedGroup group = Rated.group(Rated.of(0).logProbs(-1), Rated.of(1).logProbs(-1));
        Grpo grpo = new Grpo(0.2, 0.2, Importance.TOKEN, Mean.TOKEN, null, false, 0, 0.1, false);
        assertThatThrownBy(() -> MethodTrial.of(grpo, List.of(group))).hasMessageContaining("entropy");
        MethodTrial trial = MethodTrial.of(
                grpo,
                List.of(group),
                rollout -> new Now(new double[] {-1 + Math.log(1.1)}, null, new double[] {2}, null));
        assertThat(trial.groups().getFirst().getLast().slopes().logProbs())
                .containsExactly(new double[] {-1.1 * 0.5 / 2}, within(1e-12));
        assertThat(trial.loss()).isCloseTo(-0.1 * 2, within(1e-12));
    }
}
