package dev.tribunal.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.training.MortalJournal.Killed;
import dev.tribunal.trainer.training.RunJournal.StepRecord;
import dev.tribunal.trainer.training.RunJournal.TrainerLeavesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run that was broken off anywhere ends, bit for bit, as one that was not. */
@Timeout(120)
class ResumedRunTest {

    private static final Set<String> CLOCK =
            Set.of(MetricNames.STEP_SECONDS, MetricNames.SAMPLING_SECONDS, MetricNames.UPDATE_SECONDS);

    /** Of one run's calls: so many runs are broken off at calls that are evenly spread. */
    private static final int PLACES = 8;

    /** The same id for every run, for ids of episodes have it in them. */
    private static final String RUN = "run_1";

    @TempDir
    private Path folder;

    private TinyWorld world;
    private int directories;

    @BeforeEach
    void makeAWorld() {
        world = new TinyWorld(folder);
    }

    /** Runs that keep different things from step to step. */
    private enum Kind {
        /** Baseline completions that the reference samples, with verdicts. */
        CRRAFT,
        CODPO,
        ADAPTER,
        ADAPTER_IN_BF16,
        SUPERVISED
    }

    private RunSpec spec(Kind kind) {
        RunSpec spec = TinyWorld.with(world.spec(List.of(task(kind))), training(2));
        return switch (kind) {
            case CRRAFT, CODPO -> spec;
            case ADAPTER -> TinyWorld.with(spec, adapter(spec.policy(), RunSpec.Precision.FP32));
            case ADAPTER_IN_BF16 -> TinyWorld.with(spec, adapter(spec.policy(), RunSpec.Precision.BF16));
            case SUPERVISED -> TinyWorld.with(spec, RunSpec.Method.SFT);
        };
    }

    private RunSpec.Task task(Kind kind) {
        RunSpec.Optimizer optimizer = switch (kind) {
            case CRRAFT -> new RunSpec.Crraft(3, 20);
            case CODPO -> new RunSpec.Codpo(3, 0.5, 0.5);
            case ADAPTER, ADAPTER_IN_BF16 -> new RunSpec.Crpg(3, 20);
            case SUPERVISED -> null;
        };
        RunSpec.Task task = TinyWorld.with(world.task("t", optimizer), new RunSpec.Baseline(null, "reference"));
        RunSpec.Prompts prompts = task.prompts();
        return TinyWorld.with(
                task, new RunSpec.Prompts(prompts.source(), null, 3, prompts.baseline(), prompts.heldOut(), null));
    }

    private static RunSpec.Training training(int checkpointEvery) {
        return new RunSpec.Training(
                5, 7, 0.02, RunSpec.Schedule.COSINE, 1, 1.0, checkpointEvery, 64, new RunSpec.Checkpoints(10, null));
    }

    private static RunSpec.Policy adapter(RunSpec.Policy policy, RunSpec.Precision precision) {
        return new RunSpec.Policy(
                policy.model(),
                null,
                policy.maxNewTokens(),
                1.0,
                0,
                1.0,
                List.of(),
                precision,
                false,
                new RunSpec.Lora(4, 8, List.of("q_proj", "v_proj", "down_proj")));
    }

    @Test
    void whereverItIsKilled() {
        RunSpec spec = spec(Kind.CRRAFT);
        MortalJournal whole = train(spec, 0);
        int calls = whole.calls();

        for (int place = 1; place <= PLACES; place++) {
            int last = calls * place / (PLACES + 1);
            assertSame(train(spec, last), whole, "killed at call " + last + " of " + calls);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whateverItTrains(Kind kind) {
        RunSpec spec = spec(kind);
        MortalJournal whole = train(spec, 0);

        MortalJournal killed = train(spec, whole.calls() * 4 / 5);

        assertThat(killed.attempt()).isEqualTo(2);
        assertSame(killed, whole, kind + " killed in its last fifth");
    }

    @Test
    void aTrainerThatLeavesWritesWhatItHasAndTheNextTakesNoStepTwice() {
        RunSpec spec = TinyWorld.with(spec(Kind.CRRAFT), training(5));
        MortalJournal whole = train(spec, 0);
        AtomicInteger taken = new AtomicInteger();
        MemoryJournal left = new MemoryJournal() {
            @Override
            public int attempt() {
                return checkpoints.size() + 1;
            }

            @Override
            public void commit(StepRecord step) {
                super.commit(step);
                taken.incrementAndGet();
            }

            @Override
            public void stopIfCancelled() {
                if (steps.size() == 3 && checkpoints.isEmpty()) { // in the middle of step 4
                    throw new TrainerLeavesException();
                }
            }
        };
        Path directory = directory();

        assertThatThrownBy(() -> run(spec, directory, left)).isInstanceOf(TrainerLeavesException.class);
        assertThat(left.checkpoints).extracting(Checkpoint::step).containsExactly(3);
        assertThat(left.checkpoints.getFirst().milestone()).isFalse();
        run(spec, directory, left);

        assertSame(left, whole, "left after step 3");
        assertThat(taken).hasValue(whole.steps.size() + whole.evaluations.size());
    }

    @Test
    void aDamagedCheckpointIsPassedOverForTheOneBeforeItAndNoneIsNotTakenForANewRun() throws IOException {
        RunSpec spec = TinyWorld.with(spec(Kind.SUPERVISED), training(1));
        MortalJournal whole = train(spec, 0);
        Path directory = directory();
        MemoryJournal journal = new MemoryJournal() {
            @Override
            public int attempt() {
                return 2;
            }

            @Override
            public void goBackTo(Checkpoint checkpoint, String why) {
                warnings.put("damaged", why);
                checkpoints.removeIf(later -> later.step() > checkpoint.step());
                steps.removeIf(later -> later.step() > checkpoint.step());
                evaluations.removeIf(later -> later.step() > checkpoint.step());
            }
        };
        run(spec, directory, journal);
        Path broken = journal.checkpoints.get(4).directory().resolve("optimizer.safetensors");
        Files.writeString(broken, "half a file");
        Path absent = journal.checkpoints.get(3).directory().resolve("model.safetensors");
        Files.delete(absent);

        run(spec, directory.resolveSibling("again"), journal);

        assertSame(journal, whole, "from step 3");
        assertThat(journal.warnings.get("damaged")).contains(broken.toString(), "has changed since it was written");
        for (Checkpoint checkpoint : journal.checkpoints) {
            Files.delete(checkpoint.directory().resolve("training-state.json"));
        }
        assertThatThrownBy(() -> run(spec, directory, journal))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("none of its checkpoints is whole")
                .hasMessageContaining("training-state.json is not there");
    }

    @Test
    void aFileThatChangedWhileNobodyTrainedEndsTheRun() throws IOException {
        RunSpec spec = spec(Kind.SUPERVISED);
        RunSpec.Task task = spec.tasks().getFirst();
        RunSpec.Prompts prompts = task.prompts();
        String digest = "0000000000000000000000000000000000000000000000000000000000000000";
        RunSpec pinned = world.spec(List.of(TinyWorld.with(
                task, new RunSpec.Prompts(prompts.source(), digest, 3, prompts.baseline(), prompts.heldOut(), null))));
        MortalJournal killed = train(spec, 30);

        assertThatThrownBy(() -> run(TinyWorld.with(pinned, RunSpec.Method.SFT), directory(), killed))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("has changed since the run was created");
    }

    /** @param last where the first trainer dies; 0 for nowhere */
    private MortalJournal train(RunSpec spec, int last) {
        MortalJournal journal = new MortalJournal();
        Path directory = directory();
        journal.takeUp(last == 0 ? Integer.MAX_VALUE : last);
        if (last > 0) {
            assertThatThrownBy(() -> run(spec, directory, journal)).isInstanceOf(Killed.class);
            journal.takeUp(Integer.MAX_VALUE);
        }
        run(spec, directory, journal);
        return journal;
    }

    private Path directory() {
        return world.directory("directory-" + ++directories);
    }

    private void run(RunSpec spec, Path directory, RunJournal journal) {
        new TrainingRun(RUN, spec, directory, world.roots(), FakeServices.notBad(), FakeServices.goodness(), journal)
                .run();
    }

    private static void assertSame(MemoryJournal run, MemoryJournal whole, String how) {
        assertThat(comparable(run.steps)).as(how).isEqualTo(comparable(whole.steps));
        assertThat(comparable(run.evaluations)).as(how).isEqualTo(comparable(whole.evaluations));
        assertThat(run.lastDigest()).as("%s: weights", how).isEqualTo(whole.lastDigest());
        assertThat(last(run))
                .as("%s: weights, moments, cursors and baseline completions, by the digests of all files", how)
                .isEqualTo(last(whole));
    }

    private static @Nullable String last(MemoryJournal journal) {
        return journal.checkpoints.getLast().stateDigest();
    }

    private static List<StepRecord> comparable(List<StepRecord> records) {
        assertThat(records.stream().map(StepRecord::step)).doesNotHaveDuplicates();
        return records.stream()
                .map(record -> new StepRecord(
                        record.step(),
                        record.kind(),
                        record.episodes(),
                        record.metrics().stream()
                                .filter(metric -> !CLOCK.contains(metric.name()))
                                .toList()))
                .toList();
    }
}
