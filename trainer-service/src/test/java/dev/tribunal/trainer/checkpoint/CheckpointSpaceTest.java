package dev.tribunal.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.common.Lora;
import dev.tribunal.contracts.common.Schedule;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointSpaceTest {

    private static final ModelConfiguration MODEL =
            new ModelConfiguration("llama", 100, 8, 16, 2, 2, 1, 4, 32, 1e-5, 10000, true);
    private static final CheckpointSummary POLICY =
            new CheckpointSummary(MODEL, 1000, "sha256:x", List.of(), true, Optional.empty());

    @Test
    void aCheckpointHasTheWeightsAndTwoMomentsOfEach() {
        assertThat(CheckpointSpace.bytes(null, POLICY)).isEqualTo(4 * 3 * 1000);
    }

    @Test
    void ofAnAdapterTheWeightsAreMergedAndTheMomentsAreItsOwn() {
        // A layer: q 8+8, o 8+8, k 8+4, v 8+4, gate, up and down 8+16 each: 128 rows and columns, of rank 2, twice.
        long adapter = 2 * 128 * 2;

        assertThat(CheckpointSpace.bytes(new Lora(2, 4, List.of("q_proj")), POLICY))
                .isEqualTo(4 * (1000 + 3 * adapter));
    }

    @Test
    void aReferenceThatFollowsThePolicyHasWhatIsTrainedOnceMore() {
        List<RunSpec.Reference> follows = List.of(new RunSpec.Start(), new RunSpec.Previous(3));

        assertThat(CheckpointSpace.ofReference(follows, null, POLICY)).isEqualTo(4 * 1000);
        assertThat(CheckpointSpace.ofReference(follows, new Lora(2, 4, List.of("q_proj")), POLICY))
                .isEqualTo(4 * 2 * 128 * 2);
        assertThat(CheckpointSpace.ofReference(List.of(new RunSpec.None(), new RunSpec.Base()), null, POLICY))
                .isZero();
    }

    @Test
    void allCheckpointsHaveToFitAndOneMoreThatTheLastReplaces(@TempDir Path folder) {
        assertThat(lack(folder, training(10, 4, null)))
                .startsWith("4 checkpoints of 1.1 PB need 4.5 PB in " + folder)
                .contains("raise training.checkpointEvery", "set training.checkpoints.keep");
        assertThat(lack(folder, training(10, 10, null))).startsWith("2 checkpoints of 1.1 PB need");
        assertThat(lack(folder, training(10, 1, 3))).startsWith("5 checkpoints of 1.1 PB need");
        assertThat(lack(folder, training(10, 4, 7))).startsWith("4 checkpoints of 1.1 PB need");
        assertThat(lack(folder, training(10, 10, null), training(10, 5, null)))
                .startsWith("4 checkpoints of 1.1 PB need");
        assertThat(CheckpointSpace.lack(3, List.of(training(10, 10, null)), 0, 1L << 50, 0, folder))
                .startsWith("3 runs, each with 2 checkpoints of 1.1 PB, need 6.8 PB");
        assertThat(CheckpointSpace.lack(1, List.of(training(10, 1, null)), 0, 1, 0, folder))
                .isNull();
    }

    @Test
    void soupsOfStagesStayAndOneIsAReferenceOnItsWay(@TempDir Path folder) {
        assertThat(CheckpointSpace.lack(1, List.of(training(10, 10, null)), 0, 1L << 49, 1L << 50, folder))
                .startsWith("2 checkpoints of 563 TB, and 1.1 PB of soups, need 2.3 PB in ");
    }

    private static @Nullable String lack(Path folder, RunSpec.Training... stages) {
        return CheckpointSpace.lack(1, List.of(stages), 0, 1L << 50, 0, folder);
    }

    private static RunSpec.Training training(int steps, int checkpointEvery, @Nullable Integer keep) {
        return new RunSpec.Training(
                steps,
                0,
                1e-3,
                Schedule.CONSTANT,
                0,
                1,
                checkpointEvery,
                4096,
                new RunSpec.Updates(1, 1),
                null,
                null,
                new RunSpec.Checkpoints(10, keep),
                0);
    }
}
