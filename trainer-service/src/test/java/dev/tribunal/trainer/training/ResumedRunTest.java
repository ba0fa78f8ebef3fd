package dev.tribunal.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.common.Lora;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.common.Schedule;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.runs.v1.metric.MetricCatalogue;
import dev.tribunal.contracts.runs.v1.spec.Evaluation;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.combiner.Mgda;
import dev.tribunal.methods.online.Codpo;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.methods.online.Crraft;
import dev.tribunal.methods.online.Reinforce;
import dev.tribunal.methods.preference.Dpo;
import dev.tribunal.methods.preference.Tdpo;
import dev.tribunal.methods.supervised.Sft;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.journal.RunJournal.TrainerLeavesException;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.stage.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/** A run that was broken off anywhere ends, bit for bit, as one that was not. */
@Timeout(120)
class ResumedRunTest {

    private static final Set<String> CLOCK = Set.copyOf(MetricCatalogue.ofTheMachine());

    /** Of one run's calls: so many runs are broken off at calls that are evenly spread. */
    private static final int PLACES = 8;

    private static final JsonMapper JSON = new JsonMapper();

    /** The same id for every run, for ids of episodes have it in them. */
    private static final String RUN = "run_1";

    @TempDir
    private Path folder;

    private TinyWorld world;
    private RewardApi rewards = FakeServices.goodness();
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
        /** A critic, and several updates a step. */
        PPO,
        /** An optimizer with a state of its own. */
        REINFORCE,
        /** A combiner that keeps a gradient for each task, one of which reads pairs from a file. */
        MIXED,
        ADAPTER,
        ADAPTER_IN_BF16,
        SUPERVISED,
        /** An optimizer that infers how reliable labels are, and one whose rows are drawn by their advantage. */
        OFFLINE,
        /** Evaluations between the steps, which decide what is best and where it ends. */
        EVALUATED,
        /** A reference that becomes the policy, beside the first one, which baseline completions are drawn from. */
        PREVIOUS,
        PREVIOUS_ADAPTER,
        PREVIOUS_ADAPTER_IN_BF16,
        /** Steps that draw more prompts than their batch size, of two tasks. */
        DYNAMIC,
        /** Optimizers that draw and that have states of their own, critics, and the gradient of each reward model. */
        OBJECTIVES,
        /** Three stages, with the adapter of each on the weights that the one before it left. */
        STAGES
    }

    private RunSpec spec(Kind kind) {
        RunSpec spec = switch (kind) {
            case CRRAFT -> one(new Crraft(20));
            case CODPO -> one(new Codpo(0.5, 0.5));
            case PPO -> one(method("ppo"));
            case REINFORCE -> one(method("reinforce"));
            case MIXED ->
                TinyWorld.with(
                        world.spec(List.of(online("a", new Crpg(20)), world.task("b", new Dpo(0.1)))), new Mgda(true));
            case ADAPTER, ADAPTER_IN_BF16 -> one(new Crpg(20));
            case DYNAMIC ->
                world.spec(List.of(
                        TinyWorld.dynamic(online("a", new Crpg(20)), 2, 3),
                        TinyWorld.dynamic(online("b", new Codpo(0.5, 0.5)), 3, 2)));
            case PREVIOUS, PREVIOUS_ADAPTER, PREVIOUS_ADAPTER_IN_BF16 ->
                TinyWorld.with(
                        world.spec(List.of(
                                online("a", new Crpg(20)), world.task("b", new Tdpo(Tdpo.Version.TDPO2, 0.1, 0.5)))),
                        new RunSpec.Previous(2));
            case EVALUATED ->
                TinyWorld.with(
                        one(new Crpg(20)),
                        new Evaluation(
                                1,
                                1,
                                2,
                                true,
                                List.of(new Evaluation.HeldOutJudge("other@1", null, Map.of(), List.of())),
                                List.of(new Evaluation.HeldOutRewardModel("apart@1", null, null, List.of("t"))),
                                new Evaluation.Best("heldOut.rewardModel.apart", null, null),
                                new Evaluation.StopEarly(4, 1000)));
            case OBJECTIVES ->
                world.spec(List.of(
                        online("drawn", method("pf-ppo")),
                        online("safe", method("safe-rlhf")),
                        ObjectivesTest.of(
                                online("each", new Reinforce(Reinforce.Baseline.RUNNING_MEAN, 0.9, 0)),
                                new Mgda(true))));
            case SUPERVISED -> world.spec(List.of(world.task("t", new Sft())));
            case OFFLINE ->
                world.spec(List.of(world.task("pairs", method("lcpo")), world.task("rated", method("a-lol"))));
            case STAGES ->
                TinyWorld.staged(
                        world.spec(),
                        stage("sft", 2, world.task("shown", new Sft())),
                        stage("warm-up", 2, world.task("preferred", new Dpo(0.1))),
                        stage("online", 4, online("colours", new Crpg(20))));
        };
        return switch (kind) {
            case CRRAFT, CODPO, REINFORCE, MIXED, SUPERVISED, OFFLINE, DYNAMIC, EVALUATED ->
                TinyWorld.with(spec, training(2));
            case PREVIOUS -> TinyWorld.with(spec, training(3));
            case PREVIOUS_ADAPTER -> TinyWorld.with(TinyWorld.with(spec, training(3)), adapter(spec, Precision.FP32));
            case PREVIOUS_ADAPTER_IN_BF16 ->
                TinyWorld.with(TinyWorld.with(spec, training(3)), adapter(spec, Precision.BF16));
            case PPO, OBJECTIVES ->
                TinyWorld.with(spec, TinyWorld.with(training(2), new RunSpec.Updates(2, 2), new RunSpec.Critic(0.02)));
            case ADAPTER -> TinyWorld.with(TinyWorld.with(spec, training(2)), adapter(spec, Precision.FP32));
            case ADAPTER_IN_BF16 -> TinyWorld.with(TinyWorld.with(spec, training(2)), adapter(spec, Precision.BF16));
            case STAGES -> TinyWorld.with(spec, adapter(spec, Precision.FP32));
        };
    }

    private RunSpec one(Method method) {
        return world.spec(List.of(online("t", method)));
    }

    private static Method method(String name) {
        return InputReader.read(Method.class, Map.of("type", name)).required();
    }

    private RunSpec.Task online(String name, Method method) {
        RunSpec.Task task =
                TinyWorld.with(world.task(name, method, 3), new RunSpec.BaselineCompletionSource(null, "reference"));
        RunSpec.Prompts prompts = task.prompts();
        return TinyWorld.with(
                task,
                new RunSpec.Prompts(prompts.source(), null, 3, prompts.baseline(), prompts.heldOut(), null, null));
    }

    /** Without an evaluation between the stages. */
    private static Stage.Train stage(String name, int steps, RunSpec.Task task) {
        RunSpec.Prompts prompts = task.prompts();
        return TinyWorld.stage(
                name,
                TinyWorld.training(steps, 7, 0.02, 2),
                TinyWorld.with(
                        task,
                        new RunSpec.Prompts(
                                prompts.source(), null, prompts.batchSize(), prompts.baseline(), null, null, null)));
    }

    private static RunSpec.Training training(int checkpointEvery) {
        return new RunSpec.Training(
                5,
                7,
                0.02,
                Schedule.COSINE,
                1,
                1.0,
                checkpointEvery,
                64,
                new RunSpec.Updates(1, 1),
                null,
                null,
                new RunSpec.Checkpoints(10, null),
                0);
    }

    private static RunSpec.Policy adapter(RunSpec spec, Precision precision) {
        return new RunSpec.Policy(
                spec.policy().model(),
                null,
                spec.policy().maxNewTokens(),
                1.0,
                0,
                1.0,
                List.of(),
                precision,
                false,
                new Lora(4, 8, List.of("q_proj", "v_proj", "down_proj")),
                null,
                null);
    }

    /** How often a baseline completion was drawn again is part of the checkpoint. */
    @Test
    void baselineCompletionsThatWereDrawnAgainStay() {
        rewards = FakeServices.rewards(
                item -> item.itemId().endsWith(".baseline") && item.completion().hashCode() % 3 == 0
                        ? new ScoreResponse.Result(item.itemId(), null, new ScoreResponse.ScoreError("too_long", "no"))
                        : new ScoreResponse.Result(item.itemId(), FakeServices.count(item.completion(), "good"), null));
        RunSpec spec = spec(Kind.CRRAFT);
        MortalJournal whole = train(spec, 0);
        assertThat(whole.warnings).containsKey("baseline_redrawn");
        for (int fifth = 1; fifth < 5; fifth++) {
            assertSame(train(spec, whole.calls() * fifth / 5), whole, "killed after " + fifth + " fifths");
        }
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
    @EnumSource(
            value = Kind.class,
            names = {"EVALUATED", "OBJECTIVES", "STAGES"})
    void whateverItTrains(Kind kind) {
        RunSpec spec = spec(kind);
        MortalJournal whole = train(spec, 0);

        MortalJournal killed = train(spec, whole.calls() * 4 / 5);

        assertThat(killed.attempt()).isEqualTo(2);
        assertSame(killed, whole, kind + " killed in its last fifth");
        assertThat(new HashSet<>(killed.bests)).as("best checkpoints").isEqualTo(new HashSet<>(whole.bests));
        assertThat(whole.warnings.containsKey("stopped_early")).isEqualTo(kind == Kind.EVALUATED);
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
        assertThat(left.checkpoints.getFirst().purpose()).isEqualTo(Purpose.RESUMING);
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
                artifacts.clear(); // of the only stage, which is not finished any more
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
        MortalJournal killed = train(spec(Kind.SUPERVISED), 30);
        RunSpec.Task task = world.task("t", new Sft());
        RunSpec.Prompts prompts = task.prompts();
        String digest = "0000000000000000000000000000000000000000000000000000000000000000";
        RunSpec pinned = world.spec(List.of(TinyWorld.with(
                task,
                new RunSpec.Prompts(prompts.source(), digest, 3, prompts.baseline(), prompts.heldOut(), null, null))));

        assertThatThrownBy(() -> run(pinned, directory(), killed))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("has changed since the run was created");
    }

    /** @param last where the first trainer dies; 0 for nowhere */
    private MortalJournal train(RunSpec spec, int last) {
        Path directory = directory();
        return MortalJournal.of(last, journal -> run(spec, directory, journal));
    }

    private Path directory() {
        return world.directory("directory-" + ++directories);
    }

    private void run(RunSpec spec, Path directory, RunJournal journal) {
        new TrainingRun(
                        new LocalEngine(),
                        RUN,
                        spec,
                        directory,
                        world.roots(),
                        FakeServices.notBad(),
                        rewards,
                        journal,
                        null)
                .run();
    }

    private static void assertSame(MemoryJournal run, MemoryJournal whole, String how) {
        assertThat(comparable(run.steps)).as(how).isEqualTo(comparable(whole.steps));
        assertThat(comparable(run.evaluations)).as(how).isEqualTo(comparable(whole.evaluations));
        assertThat(run.lastDigest()).as("%s: weights", how).isEqualTo(whole.lastDigest());
        assertThat(files(run))
                .as("%s: weights, moments, cursors and baseline completions", how)
                .isEqualTo(files(whole));
    }

    /** Of the last checkpoint, without the places of other files, which are not the same for two runs. */
    private static Map<String, Object> files(MemoryJournal journal) {
        Path checkpoint = journal.checkpoints.getLast().directory();
        Map<String, Object> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(checkpoint)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                String name = checkpoint.relativize(file).toString();
                byte[] bytes = Files.readAllBytes(file);
                switch (name) {
                    case "training-state.json" ->
                        files.put(name, JSON.readTree(bytes).path("state").toString());
                    case "adapter/adapter_config.json" -> files.put(name, "names its base");
                    default ->
                        files.put(
                                name,
                                name.endsWith(".json")
                                        ? JSON.readValue(bytes, Object.class)
                                        : HexFormat.of()
                                                .formatHex(Sha256.create().digest(bytes)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static List<StepRecord> comparable(List<StepRecord> records) {
        assertThat(records.stream().map(StepRecord::step)).doesNotHaveDuplicates();
        return records.stream()
                .map(record -> new StepRecord(
                        record.stage(),
                        record.step(),
                        record.kind(),
                        record.episodes(),
                        record.metrics().stream()
                                .filter(metric -> !CLOCK.contains(metric.name()))
                                .toList()))
                .toList();
    }
}
