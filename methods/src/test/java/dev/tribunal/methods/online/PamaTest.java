package dev.tribunal.methods.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.online.Pama.Combined;
import dev.tribunal.methods.online.Pama.Granularity;
import dev.tribunal.methods.rollout.RatedGroup;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PamaTest {

    private static final Ppo PPO = new Ppo(1, 1, 0, 0.2, 0.2, 1, 0, 0);

    @Test
    void theWeightsAreThoseOfTheNumberNearestToZero() {
        assertNearest(new double[] {.5, 2}, new double[] {1, 0}, .5);
        assertNearest(new double[] {-1, 2}, new double[] {2 / 3.0, 1 / 3.0}, 0);
        assertNearest(new double[] {-2, -.5}, new double[] {0, 1}, -.5);
        assertNearest(new double[] {3, 1, 1}, new double[] {0, .5, .5}, 1);
        assertNearest(new double[] {0, 4}, new double[] {1, 0}, 0);
    }

    private static void assertNearest(double[] a, double[] weights, double sum) {
        double[] c = MinNorm.weights(a);
        assertThat(c).containsExactly(weights, within(1e-15));
        assertThat(dot(c, a)).isCloseTo(sum, within(1e-15));
    }

    @Test
    void noOtherConvexCombinationIsNearerToZero() {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            double[] a = random.doubles(3, -2, 2).toArray();
            double[] c = random.doubles(3, 0, 1).toArray();
            double sum = Arrays.stream(c).sum();
            assertThat(Math.abs(dot(MinNorm.weights(a), a))).isLessThanOrEqualTo(Math.abs(dot(c, a) / sum) + 1e-12);
            assertThat(Arrays.stream(MinNorm.weights(a)).sum()).isCloseTo(1, within(1e-12));
        }
    }

    private static double dot(double[] c, double[] a) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += c[i] * a[i];
        }
        return sum;
    }

    /** Advantages of two reward models, of one completion of two tokens and one of one. */
    private static final List<List<double[]>> WHITENED =
            List.of(List.of(new double[] {1, -2}, new double[] {3}), List.of(new double[] {.5, 4}, new double[] {-1}));

    @Test
    void withNoonATokenCountsByTheRewardModelThatLikesItLeast() {
        Combined combined = new Pama(true, Granularity.TOKEN, PPO).combined(WHITENED);
        assertThat(combined.advantages().getFirst()).containsExactly(.5, 0);
        assertThat(combined.advantages().getLast()).containsExactly(0);
        assertThat(combined.meanWeights()).containsExactly(new double[] {1 / 3.0, 2 / 3.0}, within(1e-15));
    }

    @Test
    void withoutItATokenThatTheyDisagreeOnCountsNothing() {
        Combined combined = new Pama(false, Granularity.TOKEN, PPO).combined(WHITENED);
        assertThat(combined.advantages().getFirst()).containsExactly(new double[] {.5, 0}, within(1e-15));
        assertThat(combined.advantages().getLast()).containsExactly(new double[] {0}, within(1e-15));
    }

    @Test
    void aCompletionOrTheMinibatchHasTheWeightsOfItsMeans() {
        // Means of the cut advantages: (.5, 2.25) and (3, 0) of the completions, (4/3, 1.5) of the minibatch.
        Combined sample = new Pama(true, Granularity.SAMPLE, PPO).combined(WHITENED);
        assertThat(sample.advantages().getFirst()).containsExactly(1, 0);
        assertThat(sample.advantages().getLast()).containsExactly(0);
        Combined batch = new Pama(true, Granularity.BATCH, PPO).combined(WHITENED);
        assertThat(batch.advantages().getFirst()).containsExactly(1, 0);
        assertThat(batch.advantages().getLast()).containsExactly(3);
        assertThat(batch.meanWeights()).containsExactly(1, 0);
    }

    @Test
    void eachRewardModelHasItsCriticAndItsReturns() {
        Rated rated = Rated.of(0).logProbs(-1);
        RatedGroup group = Rated.group(
                rated.objectives(Map.of("helpful", 1.0, "harmless", .2)).critics(new double[] {.1}, new double[] {.4}),
                rated.objectives(Map.of("helpful", 0.0, "harmless", .8)).critics(new double[] {.3}, new double[] {.6}));
        PolicyOptimizer optimizer = new Pama(true, Granularity.TOKEN, PPO).optimizer();
        List<LossTerm> terms = optimizer.terms(List.of(group));

        // Critics go by the names: harmless first. V - R over two tokens.
        assertThat(values(terms.getFirst())[0]).containsExactly(new double[] {(.1 - .2) / 2}, within(1e-15));
        assertThat(values(terms.getFirst())[1]).containsExactly(new double[] {(.4 - 1) / 2}, within(1e-15));
        assertThat(values(terms.getLast())[0]).containsExactly(new double[] {(.3 - .8) / 2}, within(1e-15));
        assertThat(optimizer.metrics()).containsOnlyKeys("objectiveWeight.harmless", "objectiveWeight.helpful");
        assertThat(new Pama(true, Granularity.TOKEN, PPO).critics(3)).isEqualTo(3);
    }

    @Test
    void aCompletionThatIsGoodByOneRewardModelAloneDoesNotMoveThePolicy() {
        Rated rated = Rated.of(0).logProbs(-1);
        double[] none = {0};
        RatedGroup group = Rated.group(
                rated.objectives(Map.of("a", 1.0, "b", 0.0)).critics(none, none),
                rated.objectives(Map.of("a", 0.0, "b", 1.0)).critics(none, none),
                rated.objectives(Map.of("a", .9, "b", .9)).critics(none, none));
        List<LossTerm> terms =
                new Pama(true, Granularity.TOKEN, PPO).optimizer().terms(List.of(group));
        assertThat(Rated.advantages(terms, group)[0]).isZero();
        assertThat(Rated.advantages(terms, group)[1]).isZero();
        assertThat(Rated.advantages(terms, group)[2]).isPositive();
    }

    private static double[][] values(LossTerm term) {
        Slopes slopes = Rated.slopes(term);
        double[][] values = slopes.rollouts().getFirst().values();
        assertThat(values).isNotNull();
        return values;
    }
}
