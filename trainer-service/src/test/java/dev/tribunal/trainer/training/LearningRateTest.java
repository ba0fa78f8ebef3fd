package dev.tribunal.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.common.Schedule;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Training;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Updates;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LearningRateTest {

    @Test
    void risesOverTheWarmUpAndThenFollowsItsSchedule() {
        assertThat(rates(Schedule.CONSTANT, 2)).containsExactly(0.5, 1, 1, 1, 1, 1);
        assertThat(rates(Schedule.LINEAR, 2)).containsExactly(0.5, 1, 1, 0.75, 0.5, 0.25);
        assertThat(rates(Schedule.LINEAR, 0))
                .containsExactly(new double[] {1, 5 / 6.0, 4 / 6.0, 3 / 6.0, 2 / 6.0, 1 / 6.0}, within(1e-12));
        double half = Math.sqrt(0.5);
        assertThat(rates(Schedule.COSINE, 2))
                .containsExactly(new double[] {0.5, 1, 1, (1 + half) / 2, 0.5, (1 - half) / 2}, within(1e-12));
    }

    @Test
    void aRunMayBeAllWarmUp() {
        assertThat(rates(Schedule.COSINE, 12))
                .containsExactly(
                        new double[] {1 / 12.0, 2 / 12.0, 3 / 12.0, 4 / 12.0, 5 / 12.0, 6 / 12.0}, within(1e-12));
    }

    private static double[] rates(Schedule schedule, int warmup) {
        LearningRate rate = new LearningRate(new Training(
                6,
                1,
                1.0,
                schedule,
                warmup,
                1.0,
                6,
                64,
                new Updates(1, 1),
                null,
                null,
                new RunSpec.Checkpoints(10, null),
                0));
        return IntStream.rangeClosed(1, 6).mapToDouble(rate::at).toArray();
    }
}
