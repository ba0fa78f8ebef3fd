package dev.tribunal.methods.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.online.Reinforce.Baseline;
import dev.tribunal.methods.rollout.RatedGroup;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class EachObjectiveTest {

    private static Rated worth(double a, double b) {
        return Rated.of(0).objectives(Map.of("a", a, "b", b)).logProbs(-1);
    }

    private static final RatedGroup GROUP = Rated.group(
            worth(1, .2).critics(new double[] {.1}, new double[] {.2}),
            worth(0, .4).critics(new double[] {.3}, new double[] {.4}).infeasible(),
            worth(.5, .9).critics(new double[] {.5}, new double[] {.6}));

    /** As if the reward model were the only one. */
    private static RatedGroup only(Function<double[], Double> reward) {
        return Rated.group(
                Rated.of(reward.apply(new double[] {1, .2})).logProbs(-1).values(reward.apply(new double[] {.1, .2})),
                Rated.of(reward.apply(new double[] {0, .4}))
                        .logProbs(-1)
                        .values(reward.apply(new double[] {.3, .4}))
                        .infeasible(),
                Rated.of(reward.apply(new double[] {.5, .9})).logProbs(-1).values(reward.apply(new double[] {.5, .6})));
    }

    @Test
    void itsLossesAreThoseOfEachRewardModelByItself() {
        Ppo ppo = new Ppo(1, .9, 0, .2, .2, .5, 0, 0);
        List<LossTerm> each = EachObjective.of(ppo).terms(List.of(GROUP));
        assertThat(each).extracting(LossTerm::objective).containsExactly("a", "a", "a", "b", "b", "b");
        assertThat(each.subList(3, 6))
                .extracting(term -> term.members().getFirst().rollout())
                .isEqualTo(GROUP.rollouts());
        for (int model = 0; model < 2; model++) {
            int index = model;
            List<LossTerm> alone = ppo.terms(List.of(only(of -> of[index])));
            for (int i = 0; i < 3; i++) {
                var found = Rated.slopes(each.get(3 * model + i)).rollouts().getFirst();
                var expected = Rated.slopes(alone.get(i)).rollouts().getFirst();
                assertThat(found.logProbs()).containsExactly(expected.logProbs(), within(1e-12));
                assertThat(found.values()).isNotNull();
                assertThat(expected.values()).isNotNull();
                assertThat(found.values()[model]).containsExactly(expected.values()[0], within(1e-12));
                assertThat(found.values()[1 - model]).containsExactly(0);
            }
        }
    }

    @Test
    void eachHasAStateOfItsOwn() {
        Reinforce running = new Reinforce(Baseline.RUNNING_MEAN, .5, 0);
        PolicyOptimizer one = EachObjective.of(running);
        one.terms(List.of(GROUP));
        assertThat(one.state()).containsOnlyKeys("a/mean", "b/mean");
        assertThat(one.state().get("a/mean")).isCloseTo(.5, within(1e-12));
        assertThat(one.state().get("b/mean")).isCloseTo(1.1 / 3, within(1e-12));
        PolicyOptimizer other = EachObjective.of(running);
        other.restore(one.state());
        assertThat(other.state()).isEqualTo(one.state());
    }

    @Test
    void withoutAScoreNothingIsLearnt() {
        RatedGroup unscored = Rated.group(
                Rated.of(Double.NaN, 0).infeasible(), Rated.of(Double.NaN, 0).infeasible());
        assertThat(EachObjective.of(new Rloo(0, .2)).terms(List.of(unscored))).isEmpty();
    }
}
