package dev.tribunal.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepWorkTest {

    @Test
    void mixedLengthsFollowTheGoldenRatio() {
        StepWork work = new StepWork(2, 4, 64, true);

        // frac(i * 0.618...) is 0, .618, .236, .854, .472, .090, .708, .326
        assertThat(work.lengths(0)).containsExactly(1, 25, 4, 46);
        assertThat(work.lengths(1)).containsExactly(15, 1, 32, 7);
        assertThat(work.tokens()).isEqualTo(131);
        assertThat(new StepWork(2, 4, 64, false).lengths(1)).containsExactly(64, 64, 64, 64);
    }

    @Test
    void aGroupOfOneHasNoAdvantage() {
        assertThatThrownBy(() -> new StepWork(1, 1, 8, false)).hasMessageContaining("2 generations");
    }

    @Test
    void weightsAreThoseOfGrpo() {
        List<float[]> policy = List.of(new float[] {-1, -2}, new float[] {-1});
        List<float[]> reference = List.of(new float[] {-1, -1.5f}, new float[] {-1.25f});

        List<double[]> weights = GroupWeights.of(new double[] {3, 1}, policy, reference, 3);

        double advantage = 1 / (Math.sqrt(2) + 1e-4);
        assertThat(weights.get(0)[0]).isCloseTo(-advantage / 3, within(1e-12));
        assertThat(weights.get(0)[1]).isCloseTo((-advantage + 0.04 * (1 - Math.exp(0.5))) / 3, within(1e-12));
        assertThat(weights.get(1)[0]).isCloseTo((advantage + 0.04 * (1 - Math.exp(-0.25))) / 3, within(1e-12));
        assertThat(GroupWeights.of(
                                new double[] {1, 1},
                                List.of(policy.get(1), policy.get(1)),
                                List.of(policy.get(1), policy.get(1)),
                                2)
                        .getFirst()[0])
                .isNotZero();
    }

    @Test
    void theLeastArithmeticOfAStepIsOfEveryWeightOfALayerAndOfTheHead() {
        var model = new ModelConfiguration("llama", 11, 4, 6, 3, 2, 1, 8, 64, 1e-5, 10_000, true);
        // A layer: queries 4 x 16, keys and values 4 x 8 each, output 16 x 4, gate, up and down 4 x 6 each.
        double layer = 64 + 32 + 32 + 64 + 72;
        assertThat(StepArithmetic.gigaflop(model, 7, 5))
                .isCloseTo(10 * (3 * layer * 12 + 4 * 11 * 5) / 1e9, within(1e-15));
    }

    @Test
    void timesAreMedians() {
        EngineTimes times = EngineTimes.of(List.of(step(1, 10), step(3, 2), step(2, 3)), 40, 6, 4);

        assertThat(times.seconds().get(Phase.SAMPLING)).isEqualTo(2);
        assertThat(times.seconds().get(Phase.STEP)).isEqualTo(3);
        assertThat(times.secondsPerStep()).isEqualTo(5);
        assertThat(times.generatedTokensPerSecond()).isEqualTo(8);
        assertThat(times.arithmeticShare()).isEqualTo(6 / 4.0 / 5);
        assertThat(EngineTimes.median(List.of(4.0, 1.0))).isEqualTo(2.5);
    }

    private static Map<Phase, Double> step(double sampling, double step) {
        Map<Phase, Double> seconds = new EnumMap<>(Phase.class);
        for (Phase phase : Phase.values()) {
            seconds.put(phase, 0.0);
        }
        seconds.put(Phase.SAMPLING, sampling);
        seconds.put(Phase.STEP, step);
        return seconds;
    }
}
