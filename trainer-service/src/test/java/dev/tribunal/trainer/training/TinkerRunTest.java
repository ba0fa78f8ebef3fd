package dev.tribunal.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.common.Lora;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.PolicyEngine;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.methods.preference.Dpo;
import dev.tribunal.methods.supervised.Sft;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.stage.TrainingRun;
import dev.tribunal.trainer.tinker.TinkerDouble;
import dev.tribunal.trainer.tinker.TinkerEngines;
import dev.tribunal.trainer.tinker.TinkerServers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs whose policy is on a server that speaks the Tinker API, which really trains. */
class TinkerRunTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String BASE = "tiny/base";

    @TempDir
    Path folder;

    private TinyWorld world;
    private TinkerEngines engines;
    private TinkerDouble server;
    private int runs;

    @BeforeEach
    void start() throws IOException {
        world = new TinyWorld(folder.resolve("world"));
        engines = TinkerServers.engines();
        serve(TinkerDouble.Kind.SUM);
    }

    private void serve(TinkerDouble.Kind kind) throws IOException {
        if (server != null) {
            server.close();
        }
        server = new TinkerDouble(
                kind,
                0,
                folder.resolve("world/model"),
                BASE,
                Files.createTempDirectory(folder, "server"),
                seed -> new RandomKeys(7).adapter(0));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        engines.destroy();
    }

    /** What a trainer of these tests dies of. */
    static final class Killed extends RuntimeException {}

    /** A journal that is taken up again at its last checkpoint. */
    private static final class Journal extends MemoryJournal {
        private BooleanSupplier dies = () -> false;
        private BooleanSupplier leaves = () -> false;
        private BooleanSupplier pauses = () -> false;
        private int attempt = 1;
        private int marked;

        void takeUp() {
            attempt++;
            dies = () -> false;
            leaves = () -> false;
            steps.subList(marked, steps.size()).clear();
            episodeIds.clear();
        }

        @Override
        public int attempt() {
            return attempt;
        }

        @Override
        public void checkpoint(Checkpoint checkpoint, @Nullable Integer keep) {
            super.checkpoint(checkpoint, keep);
            marked = steps.size();
        }

        @Override
        public void commit(StepRecord step) {
            stopIfCancelled();
            super.commit(step);
        }

        @Override
        public void awaitPermission() {
            stopIfCancelled();
        }

        @Override
        public void stopIfAsked() {
            super.stopIfAsked();
            if (pauses.getAsBoolean()) {
                throw new StepAbandonedException();
            }
        }

        @Override
        public void stopIfCancelled() {
            if (dies.getAsBoolean()) {
                throw new Killed();
            }
            if (leaves.getAsBoolean()) {
                throw new TrainerLeavesException();
            }
        }
    }

    private PolicyEngine onServer() {
        return new PolicyEngine.Tinker(server.url() + "/", BASE, "mine");
    }

    private RunSpec spec(@Nullable PolicyEngine engine, int steps, int checkpointEvery, RunSpec.Task... tasks) {
        RunSpec spec = TinyWorld.with(world.spec(List.of(tasks)), training(steps, checkpointEvery));
        return TinyWorld.with(
                spec,
                new RunSpec.Policy(
                        "hf:model",
                        null,
                        4,
                        1.0,
                        0,
                        1.0,
                        List.of(),
                        Precision.FP32,
                        false,
                        new Lora(
                                4,
                                32,
                                List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")),
                        engine,
                        null));
    }

    /** Never clipped, since some servers do not. */
    private static RunSpec.Training training(int steps, int checkpointEvery) {
        return training(
                steps,
                checkpointEvery,
                TinyWorld.training(steps, 7, 0.02, checkpointEvery).microBatchTokens());
    }

    private static RunSpec.Training training(int steps, int checkpointEvery, int microBatchTokens) {
        RunSpec.Training training = TinyWorld.training(steps, 7, 0.02, checkpointEvery);
        return new RunSpec.Training(
                training.steps(),
                training.seed(),
                training.learningRate(),
                training.schedule(),
                training.warmupSteps(),
                1e9,
                training.checkpointEvery(),
                microBatchTokens,
                training.updates(),
                null,
                null,
                training.checkpoints(),
                training.staleness());
    }

    private RunSpec offline(@Nullable PolicyEngine engine, int steps) {
        return spec(
                engine,
                steps,
                1,
                withoutHeldOut(world.task("shown", new Sft())),
                withoutHeldOut(world.task("preferred", new Dpo(0.1))));
    }

    private static RunSpec.Task withoutHeldOut(RunSpec.Task task) {
        RunSpec.Prompts prompts = task.prompts();
        return TinyWorld.with(
                task,
                new RunSpec.Prompts(prompts.source(), null, prompts.batchSize(), prompts.baseline(), null, null, null));
    }

    private <J extends RunJournal> J train(RunSpec spec, String directory, J journal) {
        engines.train(
                spec.policy(),
                folder.resolve("world/model"),
                directory,
                journal,
                engine -> new TrainingRun(
                                engine,
                                directory,
                                spec,
                                world.directory(directory),
                                world.roots(),
                                FakeServices.notBad(),
                                FakeServices.goodness(),
                                journal,
                                null)
                        .run());
        return journal;
    }

    private Journal train(RunSpec spec) {
        return train(spec, "run_" + ++runs, new Journal());
    }

    @ParameterizedTest
    @EnumSource(TinkerDouble.Kind.class)
    void itTrainsAsTheLocalEngineDoes(TinkerDouble.Kind kind) throws IOException {
        serve(kind);
        Journal local = train(offline(null, 3));
        Journal remote = train(offline(onServer(), 3));

        for (int step = 0; step < 3; step++) {
            for (String metric : List.of(MetricNames.GRADIENT_NORM)) {
                double there = MemoryJournal.metric(remote.steps.get(step), metric, null);
                double here = MemoryJournal.metric(local.steps.get(step), metric, null);
                assertThat(there).as(metric + " of step " + step).isCloseTo(here, within(1e-3 * here));
            }
            assertThat(MemoryJournal.metric(remote.steps.get(step), MetricNames.LOSS, "preferred"))
                    .isCloseTo(
                            MemoryJournal.metric(local.steps.get(step), MetricNames.LOSS, "preferred"), within(1e-4));
        }
        double[] start = weights(folder.resolve("world/model"));
        double[] here = weights(local.checkpoints.getLast().directory());
        double[] there = weights(remote.checkpoints.getLast().directory());
        double moved = distance(start, here);
        assertThat(moved).isGreaterThan(0.1);
        assertThat(distance(here, there)).as("of " + moved + " moved").isLessThan(1e-3 * moved);
        assertThat(TinkerServers.count(server, "forward_backward model_2"))
                .as("passes of the throw-away model and of the policy")
                .isPositive();
        String loss = kind == TinkerDouble.Kind.SUM ? "cross_entropy" : "importance_sampling";
        assertThat(TinkerServers.log(server).stream()
                        .filter(line -> line.startsWith("forward_backward"))
                        .reduce((first, second) -> second))
                .hasValueSatisfying(line -> assertThat(line).contains(loss));
        assertThat(TinkerServers.keys(server)).containsExactly(TinkerServers.SECRET);
        Path adapter = remote.checkpoints.getLast().directory().resolve("adapter");
        assertThat(JSON.readTree(Files.readAllBytes(adapter.resolve("adapter_config.json")))
                        .path("target_modules")
                        .size())
                .isEqualTo(7);
        assertThat(new LocalEngine()
                        .inspect(remote.checkpoints.getLast().directory())
                        .isScoring())
                .isFalse();
    }

    @Test
    void anOnlineRunSamplesThereAndItsPolicyMoves() {
        RunSpec.Task task = TinyWorld.with(
                world.task("colours", new Crpg(20)), new RunSpec.BaselineCompletionSource(null, "reference"));
        Journal journal = train(spec(onServer(), 6, 6, task));

        assertThat(journal.steps).hasSize(6);
        assertThat(MemoryJournal.metric(journal.steps.getFirst(), MetricNames.KL, "colours"))
                .as("the policy is its reference before the first step")
                .isCloseTo(0, within(1e-5));
        assertThat(MemoryJournal.metric(journal.steps.getLast(), MetricNames.KL_K3, "colours"))
                .isGreaterThan(1e-3);
        assertThat(TinkerServers.count(server, "asample base"))
                .as("baseline completions, of the reference")
                .isPositive();
        assertThat(TinkerServers.log(server).stream()
                        .filter(line -> line.startsWith("asample tinker"))
                        .distinct())
                .as("the weights after each step, and those before the first")
                .hasSizeGreaterThanOrEqualTo(7);
        assertThat(TinkerServers.count(server, "asample tinker://")).isPositive();
        assertThat(TinkerServers.count(server, "unload"))
                .as("all that was created")
                .isEqualTo(3);
    }

    /** In the middle of a step, before and after the server took it; the killed trainer's model lives on. */
    @Test
    void aRunWhoseTrainerIsKilledGoesOnFromItsCheckpointInANewModel() {
        RunSpec spec = spec(onServer(), 4, 2, withoutHeldOut(world.task("colours", new Crpg(20))));
        Journal whole = train(spec, "whole", new Journal());
        assertThat(TinkerServers.count(server, "optim_step"))
                .as("of the model that is thrown away, and of the policy")
                .isEqualTo(2 + 4);
        TinkerServers.delay(server, 1);
        for (String last : List.of("forward_backward", "optim_step")) {
            long steps = TinkerServers.count(server, "optim_step");
            boolean taken = last.equals("optim_step");
            Journal killed = new Journal();
            killed.dies = () -> {
                boolean now = killed.steps.size() == 3
                        && TinkerServers.count(server, "optim_step") == steps + 2 + 3 + (taken ? 1 : 0)
                        && TinkerServers.log(server).getLast().startsWith(last);
                if (now) {
                    TinkerServers.fail(server, "unload_model", 503, 503); // of the policy and of the reference
                }
                return now;
            };
            assertThatThrownBy(() -> train(spec, last, killed)).isInstanceOf(Killed.class);
            String dead = TinkerServers.log(server).getLast().split(" ")[1];
            assertThat(TinkerServers.loaded(server)).contains(dead);
            killed.takeUp();
            assertThat(killed.steps).hasSize(2);

            train(spec, last, killed);

            assertThat(TinkerServers.loaded(server)).doesNotContain(dead);
            assertThat(TinkerServers.count(server, "optim_step " + dead + " ")).isEqualTo(3 + (taken ? 1 : 0));
            assertThat(TinkerServers.count(server, "optim_step"))
                    .as("and those after the checkpoint, of the new model")
                    .isEqualTo(steps + 2 + 3 + (taken ? 1 : 0) + 2);
            assertThat(killed.lastDigest()).isEqualTo(whole.lastDigest());
            assertThat(killed.steps).hasSize(4);
        }
    }

    @Test
    void aTrainerThatLeavesWritesACheckpointOfItsLastStep() {
        RunSpec spec = offline(onServer(), 4);
        Journal whole = train(spec, "whole", new Journal());
        Journal leaving = new Journal();
        leaving.leaves = () -> leaving.steps.size() == 3;
        RunSpec seldom = TinyWorld.with(spec, training(4, 4));

        assertThatThrownBy(() -> train(seldom, "leaving", leaving))
                .isInstanceOf(RunJournal.TrainerLeavesException.class);

        assertThat(leaving.checkpoints)
                .singleElement()
                .satisfies(checkpoint -> assertThat(checkpoint.step()).isEqualTo(3));
        leaving.takeUp();
        train(seldom, "leaving", leaving);
        assertThat(leaving.lastDigest()).isEqualTo(whole.lastDigest());
    }

    /** The server has the request, whose number the step's first request then gets when the step begins anew. */
    @Test
    void aPauseWithinARequestSkipsItsNumber() {
        RunSpec spec = TinyWorld.with(
                spec(onServer(), 2, 2, withoutHeldOut(world.task("colours", new Crpg(20)))), training(2, 2, 1));
        Journal whole = train(spec, "whole", new Journal());
        Journal paused = new Journal();
        long[] passes = {0, 0}; // when the step begins, and whether its second one is under way
        paused.pauses = () -> {
            long now = TinkerServers.count(server, "forward ");
            if (paused.steps.size() == 1 && passes[0] == 0) {
                passes[0] = now;
            }
            if (passes[0] > 0 && passes[1] == 0 && now == passes[0] + 1) {
                passes[1] = 1;
                TinkerServers.fail(server, "forward_backward", -503);
            }
            boolean within = passes[1] == 1 && now == passes[0] + 2;
            passes[1] = within ? 2 : passes[1];
            return within;
        };

        train(spec, "paused", paused);

        assertThat(passes[1]).as("it was paused").isEqualTo(2);
        assertThat(paused.lastDigest()).isEqualTo(whole.lastDigest());
    }

    @Test
    void lostAnswersToSavingLeadToOtherNames() {
        RunSpec spec = offline(onServer(), 2);
        Journal whole = train(spec, "whole", new Journal());
        TinkerServers.fail(server, "save_weights", -503);
        TinkerServers.fail(server, "save_weights_for_sampler", -503);

        Journal journal = train(spec, "unlucky", new Journal());

        assertThat(journal.lastDigest()).isEqualTo(whole.lastDigest());
        assertThat(TinkerServers.log(server))
                .anySatisfy(line -> assertThat(line).matches("save_weights .*-2"))
                .anySatisfy(line -> assertThat(line).matches("save_weights_for_sampler .*-2"));
    }

    @Test
    void savedWeightsThatAreGoneFailTheRun() {
        RunSpec spec = offline(onServer(), 4);
        Journal killed = new Journal();
        killed.dies = () -> killed.steps.size() == 2;
        assertThatThrownBy(() -> train(spec, "killed", killed)).isInstanceOf(Killed.class);
        killed.takeUp();
        TinkerServers.deleteWeights(server);

        assertThatThrownBy(() -> train(spec, "killed", killed))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("the server no longer has tinker://")
                .hasMessageContaining("(fork)");
    }

    @Test
    void downloadsFromAHostThatIsNotAllowedFailTheRun() {
        TinkerServers.redirect(server, "http://downloads.example");

        assertThatThrownBy(() -> train(offline(onServer(), 1)))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("downloads.example")
                .hasMessageContaining("tribunal.trainer.engine.allowed-hosts");
    }

    @Test
    void aServerThatGivesFuturesWhichItDoesNotKnowHasLostTheModel() {
        Integer[] gone = new Integer[20];
        java.util.Arrays.fill(gone, 410);
        boolean[] once = {true};
        Journal journal = new Journal();
        journal.dies = () -> {
            if (journal.steps.size() == 1 && once[0]) {
                once[0] = false;
                TinkerServers.fail(server, "retrieve_future", gone);
            }
            return false;
        };

        assertThatThrownBy(() -> train(offline(onServer(), 2), "forgetful", journal))
                .isInstanceOf(RunJournal.EngineLostException.class)
                .hasMessageContaining("does not know it");
    }

    /** With so large a beta the loss is flat as soon as the pairs are told apart. */
    @Test
    void aStepWithoutASlopeIsNoneOnEitherEngine() {
        for (boolean there : List.of(false, true)) {
            RunSpec spec = spec(there ? onServer() : null, 8, 8, withoutHeldOut(world.task("preferred", new Dpo(1e6))));
            Journal journal = train(spec);

            assertThat(journal.steps).hasSize(8);
            assertThat(MemoryJournal.metric(journal.steps.getLast(), MetricNames.UPDATES, null))
                    .isZero();
            assertThat(MemoryJournal.metric(journal.steps.getFirst(), MetricNames.UPDATES, null))
                    .isEqualTo(1);
        }
    }

    @Test
    void aServerThatLostTheModelLoadsTheCheckpointWithItsMoments() {
        RunSpec spec = offline(onServer(), 4);
        Journal whole = train(spec, "whole", new Journal());
        Journal killed = new Journal();
        killed.dies = () -> killed.steps.size() == 2;
        assertThatThrownBy(() -> train(spec, "killed", killed)).isInstanceOf(Killed.class);
        killed.takeUp();
        TinkerServers.unloadAll(server);

        train(spec, "killed", killed);

        assertThat(TinkerServers.log(server))
                .anySatisfy(line -> assertThat(line).startsWith("load ").endsWith("true"));
        assertThat(killed.lastDigest()).isEqualTo(whole.lastDigest());
    }

    @Test
    void aServerThatLosesTheModelMeanwhileSendsTheRunBackToItsCheckpoint() {
        RunSpec spec = offline(onServer(), 4);
        Journal whole = train(spec, "whole", new Journal());
        Journal lost = new Journal();
        boolean[] once = {true};
        lost.dies = () -> {
            if (lost.steps.size() == 2 && once[0]) {
                once[0] = false;
                TinkerServers.unloadAll(server);
            }
            return false;
        };

        assertThatThrownBy(() -> train(spec, "lost", lost))
                .isInstanceOf(RunJournal.EngineLostException.class)
                .hasMessageContaining("127.0.0.1");
        lost.takeUp();
        train(spec, "lost", lost);

        assertThat(lost.lastDigest()).isEqualTo(whole.lastDigest());
    }

    @Test
    void aServerThatTellsNoGradientNormIsFoundOutAboutByItsLosses() {
        TinkerServers.tellLosses(server);

        Journal journal = train(offline(onServer(), 1));

        assertThat(journal.steps.getFirst().metrics())
                .noneMatch(metric -> metric.name().equals(MetricNames.GRADIENT_NORM));
        assertThat(TinkerServers.log(server)).noneMatch(line -> line.contains("importance_sampling"));
    }

    @Test
    void whatPassesIsAskedAgainAndSaidWithoutTheSecret() {
        Journal whole = train(offline(onServer(), 2), "whole", new Journal());
        TinkerServers.delay(server, 2); // each future: 408, then try_again
        TinkerServers.fail(server, "optim_step", 503, 429, 500, 502);
        TinkerServers.fail(server, "create_session", 503);
        TinkerServers.fail(server, "retrieve_future", 410, 429, 404, 500);

        Journal journal = train(offline(onServer(), 2), "patient", new Journal());

        assertThat(journal.lastDigest()).isEqualTo(whole.lastDigest());
        assertThat(TinkerServers.count(server, "optim_step")).isEqualTo(2 * (2 + 2));
        assertThat(journal.warnings.toString())
                .contains("the Tinker server 127.0.0.1", "optim_step fails", "the key was ***")
                .doesNotContain(TinkerServers.SECRET);
    }

    @Test
    void whatIsRefusedFailsTheRunWithTheServersWords() {
        TinkerServers.fail(server, "create_model", 400);

        assertThatThrownBy(() -> train(offline(onServer(), 2)))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("refuses create_model, status 400: a fault")
                .hasMessageNotContaining(TinkerServers.SECRET);
    }

    private static double distance(double[] one, double[] other) {
        return Math.sqrt(IntStream.range(0, one.length)
                .mapToDouble(i -> (one[i] - other[i]) * (one[i] - other[i]))
                .sum());
    }

    /** Of a checkpoint in 32 bits, tensor after tensor by name. */
    private static double[] weights(Path checkpoint) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(checkpoint.resolve("model.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) file.getLong();
        byte[] header = new byte[length];
        file.get(header);
        TreeMap<String, JsonNode> tensors = new TreeMap<>();
        JSON.readTree(new String(header, StandardCharsets.UTF_8)).properties().forEach(entry -> {
            if (!entry.getKey().equals("__metadata__")) {
                tensors.put(entry.getKey(), entry.getValue());
            }
        });
        return tensors.values().stream()
                .flatMapToDouble(tensor -> IntStream.range(
                                tensor.path("data_offsets").get(0).asInt() / 4,
                                tensor.path("data_offsets").get(1).asInt() / 4)
                        .mapToDouble(i -> file.getFloat(8 + length + 4 * i)))
                .toArray();
    }
}
