package dev.tribunal.methods.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.online.PfPpo.Strategy;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PfPpoTest {

    private static final Ppo PPO = new Ppo(1, 0.95, 0, 0.2, 0.2, 0.1, 0, 0);
    private static final double[] REWARDS = {.2, .9, -.4, 0, .6};

    private static PfPpo drawing(Strategy strategy, int drawn) {
        return new PfPpo(strategy, drawn, .5, 2, PPO);
    }

    private static RatedGroup group(long key) {
        List<RatedRollout> rollouts = IntStream.range(0, REWARDS.length)
                .mapToObj(i -> Rated.of(REWARDS[i]).values(0, 0, 0).build())
                .toList();
        return new RatedGroup(rollouts, 0, key, PairLabel.CERTAIN);
    }

    /** How often each completion is drawn, over many groups. */
    private static double[] shares(PfPpo method, int groups) {
        double[] counts = new double[REWARDS.length];
        for (int key = 0; key < groups; key++) {
            RatedGroup group = group(key * 77L);
            for (RatedRollout drawn : method.drawnOf(group).rollouts()) {
                counts[group.rollouts().indexOf(drawn)]++;
            }
        }
        return IntStream.range(0, counts.length)
                .mapToDouble(i -> counts[i] / (groups * method.drawn()))
                .toArray();
    }

    @ParameterizedTest
    @EnumSource
    void completionsAreDrawnByTheirChances(Strategy strategy) {
        double[] chances = switch (strategy) {
            case UNIFORM -> new double[] {.2, .2, .2, .2, .2};
            case BEST -> new double[] {0, 1, 0, 0, 0};
            case BEST_AND_RANDOM -> new double[] {.125, .5, .125, .125, .125};
            case BEST_AND_WORST -> new double[] {0, .5, .5, 0, 0};
            case TOP -> new double[] {0, .5, 0, 0, .5};
            case TOP_AND_RANDOM -> new double[] {.5 / 3, .25, .5 / 3, .5 / 3, .25};
            case TOP_AND_BOTTOM -> new double[] {0, .5, 0, 0, .5};
            case POWER -> new double[] {.04 / 1.37, .81 / 1.37, .16 / 1.37, 0, .36 / 1.37};
        };
        assertThat(strategy.chances(REWARDS, .5, 2)).containsExactly(chances, within(1e-12));
        assertThat(shares(drawing(strategy, 2), 4000)).containsExactly(chances, within(0.02));
    }

    @Test
    void bestAndWorstNeverDrawsTheRanksBetween() {
        double[] shares = shares(drawing(Strategy.BEST_AND_WORST, 3), 500);
        assertThat(shares[0] + shares[3] + shares[4]).isZero();
    }

    @Test
    void theSameKeyDrawsTheSameWhateverElseIsInTheMinibatch() {
        PfPpo method = drawing(Strategy.UNIFORM, 3);
        RatedGroup group = group(42);
        assertThat(method.drawnOf(group).rollouts())
                .isEqualTo(method.drawnOf(group).rollouts());
        List<Member> alone = members(method.optimizer().terms(List.of(group)));
        List<Member> inCompany = members(method.optimizer().terms(List.of(group(1), group)));
        assertThat(inCompany.subList(3, 6).stream().map(Member::rollout))
                .isEqualTo(alone.stream().map(Member::rollout).toList());
    }

    @Test
    void uniformIsPpoOnARandomSample() {
        PfPpo method = drawing(Strategy.UNIFORM, 4);
        List<RatedGroup> batch = List.of(group(5), group(6));
        List<RatedGroup> sample = batch.stream().map(method::drawnOf).toList();
        List<LossTerm> filtered = method.optimizer().terms(batch);
        List<LossTerm> plain = PPO.terms(sample);
        assertThat(filtered).hasSameSizeAs(plain).hasSize(8);
        for (int i = 0; i < plain.size(); i++) {
            assertThat(Rated.slopes(filtered.get(i)).rollouts().getFirst().logProbs())
                    .containsExactly(
                            Rated.slopes(plain.get(i)).rollouts().getFirst().logProbs());
        }
    }

    @Test
    void aViolationIsRankedByTheRewardThatPpoIsTold() {
        RatedGroup group = new RatedGroup(
                Rated.of(9).infeasible().values(0, 0, 0).build(),
                Rated.of(.1).values(0, 0, 0).build());
        assertThat(drawing(Strategy.BEST, 1).drawnOf(group).rollouts())
                .containsExactly(group.rollouts().getLast());
    }

    @Test
    void aPromptWithoutACompletionOfTheThresholdAddsNothing() {
        PfPpo strict = new PfPpo(Strategy.TOP, 2, 5, 2, PPO);
        assertThat(strict.optimizer().terms(List.of(group(1)))).isEmpty();
    }

    @Test
    void eachStrategysFitIsAMetric() {
        Rated good = Rated.of(.9).values(0, 0, 0);
        Rated bad = Rated.of(.1).infeasible().values(0, 0, 0);
        Rated lucky = Rated.of(.5).values(0, 0, 0);
        Rated unlucky = Rated.of(.5).infeasible().values(0, 0, 0);
        PolicyOptimizer optimizer = drawing(Strategy.BEST_AND_WORST, 2).optimizer();
        optimizer.terms(List.of(Rated.group(good, lucky, bad), Rated.group(good, unlucky, bad)));
        Map<String, Double> metrics = optimizer.metrics();
        // The worst and the best are on a line, and so are the means of all three rewards: 0, 1/2, 1.
        assertThat(metrics.get("rewardFit.best-and-worst")).isCloseTo(1, within(1e-12));
        assertThat(metrics.get("rewardFit.uniform")).isCloseTo(1, within(1e-12));
        assertThat(metrics).as("all that it draws are feasible").doesNotContainKey("rewardFit.best");
    }

    private static List<Member> members(List<LossTerm> terms) {
        return terms.stream().flatMap(term -> term.members().stream()).toList();
    }
}
