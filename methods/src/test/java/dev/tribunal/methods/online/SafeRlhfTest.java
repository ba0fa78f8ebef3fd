package dev.tribunal.methods.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SafeRlhfTest {

    private static final Ppo PPO = new Ppo(1, 1, 0.2, 0.2, 0.2, 1, 0, 0);

    private static SafeRlhf safe(List<String> costs, int window, int delay) {
        return new SafeRlhf(costs, 0, 1, 0.1, 5, window, delay, PPO);
    }

    private static Rated costing(double cost) {
        return Rated.of(.5)
                .objectives(Map.of("help", .5, "harm", cost))
                .logProbs(-1)
                .critics(new double[1], new double[1]);
    }

    @Test
    void theAdvantagesAreThoseOfTheLagrangian() {
        assertThat(SafeRlhf.combined(new double[] {2}, new double[] {1}, 1)).containsExactly(.5);
        assertThat(SafeRlhf.combined(new double[] {2}, new double[] {1}, 0)).containsExactly(2);
        assertThat(SafeRlhf.combined(new double[] {2}, new double[] {1}, 3)).containsExactly(-.25);
    }

    @Test
    void lambdaRisesAboveTheThresholdFallsBelowItAndIsNeverNegative() {
        SafeRlhf safe = safe(List.of(), 128, 0);
        assertThat(Math.exp(safe.updated(0, .5))).isCloseTo(1.05127, within(1e-5));
        assertThat(Math.exp(safe.updated(0, -.5))).isBetween(0.0, 1.0);
        assertThat(Math.exp(safe.updated(0, -1e6))).isNotNegative();
        assertThat(Math.exp(safe.updated(0, 1e6))).as("lambdaMax").isCloseTo(5, within(1e-12));
    }

    @Test
    void itsCostIsTheMeanOfTheLastCompletions() {
        PolicyOptimizer optimizer = safe(List.of("harm"), 3, 0).optimizer();
        assertThat(optimizer.metrics()).isEmpty();
        optimizer.terms(List.of(Rated.group(costing(1), costing(0))));
        assertThat(optimizer.metrics().get("cost")).isEqualTo(.5);
        assertThat(optimizer.metrics().get("lambda")).isCloseTo(Math.exp(.05), within(1e-12));
        optimizer.terms(List.of(Rated.group(costing(.6), costing(.8))));
        assertThat(optimizer.metrics().get("cost")).as("of 0, 0.6 and 0.8").isCloseTo(1.4 / 3, within(1e-12));
        assertThat(optimizer.metrics().get("lambda"))
                .isCloseTo(Math.exp(.05 + .1 * Math.exp(.05) * 1.4 / 3), within(1e-12));
    }

    @Test
    void lambdaWaitsForItsDelay() {
        PolicyOptimizer optimizer = safe(List.of("harm"), 8, 1).optimizer();
        optimizer.terms(List.of(Rated.group(costing(1))));
        assertThat(optimizer.metrics().get("lambda")).isEqualTo(1);
        optimizer.terms(List.of(Rated.group(costing(1))));
        assertThat(optimizer.metrics().get("lambda")).isGreaterThan(1);
    }

    @Test
    void restoredItGoesOnAsIfNothingHadHappened() {
        PolicyOptimizer one = safe(List.of("harm"), 3, 1).optimizer();
        one.terms(List.of(Rated.group(costing(1), costing(.3))));
        one.terms(List.of(Rated.group(costing(.2), costing(0))));
        PolicyOptimizer other = safe(List.of("harm"), 3, 1).optimizer();
        other.terms(List.of(Rated.group(costing(9))));
        other.restore(one.state());
        assertThat(other.state()).isEqualTo(one.state());
        RatedGroup next = Rated.group(costing(.4), costing(.1));
        assertThat(Rated.advantages(other.terms(List.of(next)), next))
                .containsExactly(Rated.advantages(one.terms(List.of(next)), next));
        assertThat(other.metrics()).isEqualTo(one.metrics());
    }

    @Test
    void withoutCostModelsAViolationCostsOneAndKeepsItsReward() {
        RatedRollout violation = Rated.of(.7)
                .infeasible()
                .logProbs(-1)
                .critics(new double[1], new double[1])
                .build();
        SafeRlhf safe = safe(List.of(), 8, 0);
        assertThat(safe.rewards(violation)).containsExactly(.7);
        assertThat(safe.costs(violation)).containsExactly(1);
        SafeRlhf withModel = safe(List.of("harm"), 8, 0);
        assertThat(withModel.rewards(violation)).containsExactly(0);
        assertThat(withModel.costs(costing(.3).infeasible().build())).containsExactly(.3);
    }

    @Test
    void theKlGoesHalfToTheRewardAndHalfToTheCost() {
        RatedRollout rollout = costing(.3)
                .logProbs(-1, -2)
                .reference(-2, -2.5)
                .critics(new double[2], new double[2])
                .build();
        SafeRlhf safe = safe(List.of("harm"), 8, 0);
        assertThat(safe.rewards(rollout)).containsExactly(new double[] {-.1, .5 - .05}, within(1e-15));
        assertThat(safe.costs(rollout)).containsExactly(new double[] {.1, .3 + .05}, within(1e-15));
    }

    @Test
    void aCostlyCompletionLosesToACheapOneOfTheSameReward() {
        RatedGroup group = Rated.group(costing(1), costing(0));
        List<LossTerm> terms = safe(List.of("harm"), 8, 0).optimizer().terms(List.of(group));
        double[] advantages = Rated.advantages(terms, group);
        assertThat(advantages[0]).isNegative();
        assertThat(advantages[1]).isPositive();
        assertThat(Rated.regularizedRewards(terms, group)).containsExactly(.5, .5);
    }

    @Test
    void itsCostsAreRewardModelsOfTheTask() {
        assertThat(safe(List.of("harm"), 8, 0).misfit(Set.of("help", "harm"))).isEmpty();
        assertThat(safe(List.of("harms"), 8, 0).misfit(Set.of("help", "harm")))
                .hasValueSatisfying(why -> assertThat(why).contains("harms", "harm, help"));
        assertThat(safe(List.of("harm"), 8, 0).misfit(Set.of("harm"))).isPresent();
    }
}
