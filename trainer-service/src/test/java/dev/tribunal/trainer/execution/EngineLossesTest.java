package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EngineLossesTest {

    private final EngineLosses losses = new EngineLosses();

    @Test
    void threeInARowWithoutAFurtherStepAreTooMany() {
        assertThat(losses.isTooMuch("run_1", 0)).isFalse();
        assertThat(losses.isTooMuch("run_1", 0)).isFalse();
        assertThat(losses.isTooMuch("run_2", 0)).isFalse();
        assertThat(losses.isTooMuch("run_1", 0)).isTrue();
    }

    /** Steps after a checkpoint that are taken once more are none further. */
    @Test
    void onlyAStepThatIsFurtherCounts() {
        assertThat(losses.isTooMuch("run_1", 5)).isFalse();
        assertThat(losses.isTooMuch("run_1", 4)).isFalse();
        assertThat(losses.isTooMuch("run_1", 6)).isFalse();
        assertThat(losses.isTooMuch("run_1", 6)).isFalse();
        assertThat(losses.isTooMuch("run_1", 5)).isTrue();
        losses.forget("run_1");
        assertThat(losses.isTooMuch("run_1", 0)).isFalse();
    }
}
