package dev.tribunal.trainer.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.common.Lora;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Sampler;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.methods.supervised.Sft;
import dev.tribunal.servicekit.outbound.OutboundProperties;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.stage.TrainingRun;
import dev.tribunal.trainer.training.FakeServices;
import dev.tribunal.trainer.training.MemoryJournal;
import dev.tribunal.trainer.training.MortalJournal;
import dev.tribunal.trainer.training.TinyWorld;
import dev.tribunal.trainer.vllm.SamplerProperties;
import dev.tribunal.trainer.vllm.SamplerServers;
import dev.tribunal.trainer.vllm.VllmDouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** Whole runs whose rollouts come from a double of vLLM's servers, which has the adapter that it was given and no other. */
class RemoteSamplingTest {

    private static final int STEPS = 5;
    private static final int LEARNING = 9;

    private static SamplerServers samplers;

    @TempDir
    private Path folder;

    private TinyWorld world;
    private Path adapters;
    private final List<VllmDouble> doubles = new ArrayList<>();
    private int runs;

    /** The policy's, and what servers serve. */
    private Path base;

    @BeforeAll
    static void openConnections() {
        samplers = new SamplerServers(new SamplerProperties(
                new OutboundProperties(List.of("127.0.0.1"), Map.of("theirs", "open-sesame"), null),
                DataSize.ofMegabytes(16)));
    }

    @AfterAll
    static void closeConnections() throws IOException {
        samplers.destroy();
    }

    @BeforeEach
    void makeAWorld() throws IOException {
        world = new TinyWorld(folder);
        base = folder.resolve("model");
        adapters = Files.createDirectories(folder.resolve("shared"));
    }

    @AfterEach
    void endServers() {
        doubles.forEach(VllmDouble::close);
    }

    private VllmDouble server() {
        VllmDouble one = new VllmDouble(base);
        doubles.add(one);
        return one;
    }

    private static Sampler.Vllm sampler(double cap, List<String> urls) {
        return new Sampler.Vllm(urls, "file:shared", null, "theirs", 30, cap, new Sampler.Fingerprint(0.05, 4));
    }

    private RunSpec spec(int steps, int staleness, @Nullable Sampler sampler) {
        return spec(steps, staleness, 0.02, sampler);
    }

    private RunSpec spec(int steps, int staleness, double learningRate, @Nullable Sampler sampler) {
        RunSpec spec = world.spec(List.of(world.task("colours", new Crpg(20), 8)));
        RunSpec.Training training = TinyWorld.training(steps, 7, learningRate, 2);
        return TinyWorld.with(
                TinyWorld.with(
                        spec,
                        new RunSpec.Training(
                                training.steps(),
                                training.seed(),
                                training.learningRate(),
                                training.schedule(),
                                training.warmupSteps(),
                                training.gradientClip(),
                                training.checkpointEvery(),
                                training.microBatchTokens(),
                                training.updates(),
                                null,
                                null,
                                training.checkpoints(),
                                staleness)),
                new RunSpec.Policy(
                        "hf:" + base,
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
                                8,
                                List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")),
                        null,
                        sampler));
    }

    private <T extends RunJournal> T train(RunSpec spec, T journal) {
        run(spec, "run-" + ++runs, journal);
        return journal;
    }

    private void run(RunSpec spec, String directory, RunJournal journal) {
        new TrainingRun(
                        new LocalEngine(),
                        "run_1",
                        spec,
                        world.directory(directory),
                        world.roots(),
                        FakeServices.notBad(),
                        FakeServices.goodness(),
                        journal,
                        samplers)
                .run();
    }

    private static List<Double> values(MemoryJournal journal, String name, @Nullable String task) {
        return journal.steps.stream()
                .map(step -> MemoryJournal.metric(step, name, task))
                .toList();
    }

    /** The last three steps' mean less the first three's. */
    private static double gain(List<Double> values) {
        return mean(values.subList(LEARNING - 3, LEARNING)) - mean(values.subList(0, 3));
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(value -> value).average().orElseThrow();
    }

    private Stream<Path> leftInTheFolder() throws IOException {
        try (Stream<Path> files = Files.list(adapters)) {
            return files.toList().stream();
        }
    }

    @Test
    void aRunOnTwoServersLearnsAsOneThatSamplesItself() throws IOException {
        RunSpec shown = world.spec(List.of(world.task("shown", new Sft())));
        base = train(TinyWorld.with(shown, TinyWorld.training(4, 7, 0.1, 4)), new MemoryJournal())
                .checkpoints
                .getLast()
                .directory(); // random weights give an adapter nothing to work with
        VllmDouble first = server().withApiKey("open-sesame");
        VllmDouble second = server().withApiKey("open-sesame");

        MemoryJournal local = train(spec(LEARNING, 0, 0.02, null), new MemoryJournal());
        MemoryJournal remote = train(
                spec(LEARNING, 0, 0.02, sampler(2, List.of(first.url(), second.url() + "/v1/"))), new MemoryJournal());

        List<Double> ofLocal = values(local, MetricNames.SCORE, "colours");
        List<Double> ofRemote = values(remote, MetricNames.SCORE, "colours");
        double gain = gain(ofLocal);
        assertThat(gain).as("what the local run learns: %s", ofLocal).isGreaterThan(1);
        assertThat(gain(ofRemote))
                .as("what the other learns: %s, and the local one %s", ofRemote, ofLocal)
                .isBetween(0.6 * gain, 1.6 * gain);

        assertThat(values(remote, MetricNames.STALENESS, null)).containsOnly(0.0);
        assertThat(values(remote, MetricNames.IMPORTANCE_TRUNCATED_RATE, "colours"))
                .containsOnly(0.0);
        // The same weights in the same precision, by the kernels of sampling and of the update.
        assertThat(values(remote, MetricNames.IMPORTANCE_RATIO + ".max", "colours"))
                .allSatisfy(ratio -> assertThat(ratio).isCloseTo(1, within(1e-4)));
        for (VllmDouble server : List.of(first, second)) {
            assertThat(values(remote, MetricNames.FINGERPRINT_DIFFERENCE + ".127.0.0.1:" + server.port(), null))
                    .allSatisfy(difference -> assertThat(difference).isLessThan(1e-5));
            assertThat(server.completions()).isPositive();
            List<String> loads = server.calls().stream()
                    .filter(call -> call.startsWith("/v1/load_lora_adapter 200"))
                    .toList();
            assertThat(loads).hasSizeGreaterThanOrEqualTo(LEARNING).doesNotHaveDuplicates();
            assertThat(server.loaded()).as("adapters after the run").isEmpty();
        }
        assertThat(leftInTheFolder()).isEmpty();
        assertThat(remote.evaluations).hasSize(2);
    }

    @Test
    void aLocalRunHasNothingToCorrect() {
        MemoryJournal local = train(spec(2, 0, null), new MemoryJournal());

        assertThat(local.steps.getFirst().metrics().stream().map(RunJournal.Metric::name))
                .noneMatch(name -> name.startsWith("importance") || name.equals(MetricNames.STALENESS));
    }

    /** A sampler that finds each token half as likely as the policy does: each slope counts as often as the cap allows. */
    @Test
    void slopesAreMultipliedByTheTruncatedRatio() {
        double half = Math.log(2);
        VllmDouble honest = server();
        VllmDouble shifted = server().shiftedBy(half);

        double norm = firstNorm(train(spec(1, 0, tolerant(1_000_000, honest)), new MemoryJournal()));

        MemoryJournal twice = train(spec(1, 0, tolerant(1_000_000, shifted)), new MemoryJournal());
        assertThat(firstNorm(twice)).isCloseTo(2 * norm, within(1e-4 * norm));
        assertThat(values(twice, MetricNames.IMPORTANCE_RATIO, "colours").getFirst())
                .isCloseTo(2, within(1e-4));
        assertThat(values(twice, MetricNames.IMPORTANCE_TRUNCATED_RATE, "colours"))
                .containsOnly(0.0);
        MemoryJournal truncated = train(spec(1, 0, tolerant(1.5, shifted)), new MemoryJournal());
        assertThat(firstNorm(truncated)).isCloseTo(1.5 * norm, within(1e-4 * norm));
        assertThat(values(truncated, MetricNames.IMPORTANCE_TRUNCATED_RATE, "colours"))
                .containsOnly(1.0);
    }

    private static Sampler.Vllm tolerant(double cap, VllmDouble server) {
        return new Sampler.Vllm(
                List.of(server.url()), "file:shared", null, null, 30, cap, new Sampler.Fingerprint(10, 4));
    }

    private static double firstNorm(MemoryJournal journal) {
        return MemoryJournal.metric(journal.steps.getFirst(), MetricNames.GRADIENT_NORM, null);
    }

    @Test
    void aServerThatKeepsAnEarlierAdapterIsGivenTheNewOneAgainUnderAnotherName() {
        VllmDouble server = server();
        MemoryJournal journal = new MemoryJournal() {
            @Override
            public void commit(StepRecord step) {
                super.commit(step);
                if (steps.size() == 3) {
                    server.isStaleOnce();
                }
            }
        };

        train(spec(STEPS, 0, sampler(2, List.of(server.url()))), journal);

        assertThat(journal.steps).hasSize(STEPS);
        assertThat(server.calls())
                .anyMatch(call ->
                        call.startsWith("/v1/load_lora_adapter 200") && call.contains("tribunal-run_1-1.0-3-1"));
        assertThat(journal.warnings).doesNotContainKey("sampler_left_out");
        assertThat(values(journal, MetricNames.IMPORTANCE_RATIO + ".max", "colours"))
                .as("nothing was sampled with the earlier one")
                .allSatisfy(ratio -> assertThat(ratio).isCloseTo(1, within(1e-4)));
    }

    @Test
    void aServerThatKeepsItAllTheSameIsLeftOut() {
        VllmDouble sound =
                server().slower(Duration.ofMillis(100)); // or it has done all before the other one is found out
        VllmDouble sick = server();
        List<String> told = new CopyOnWriteArrayList<>();
        MemoryJournal journal = new MemoryJournal() {
            @Override
            public void warn(String type, String message) {
                told.add(type + " " + message);
            }

            @Override
            public void commit(StepRecord step) {
                super.commit(step);
                if (steps.size() == 2) {
                    sick.isStaleFromNowOn();
                }
            }
        };

        train(spec(STEPS, 0, sampler(2, List.of(sound.url(), sick.url()))), journal);

        assertThat(journal.steps).hasSize(STEPS);
        assertThat(told)
                .anyMatch(warning -> warning.startsWith("sampler_left_out step ")
                        && warning.contains("127.0.0.1:" + sick.port() + " is left out")
                        && warning.contains("those of an earlier adapter to the last digit"));
        assertThat(values(journal, MetricNames.IMPORTANCE_RATIO + ".max", "colours"))
                .allSatisfy(ratio -> assertThat(ratio).isCloseTo(1, within(1e-4)));
    }

    @Test
    void aRunWithoutAServerThatFitsSaysWhatIsWrongWithEach() {
        VllmDouble small = server().withLargestRank(2);
        VllmDouble other = server().shiftedBy(1);

        assertThatThrownBy(() -> train(spec(2, 0, sampler(2, List.of(small.url(), other.url()))), new MemoryJournal()))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("LoRA rank 4 is greater than max_lora_rank 2")
                .hasMessageContaining("differ from the trainer's by 1.00 nats a token, more than the tolerance 0.0500")
                .hasMessageContaining("VLLM_ALLOW_RUNTIME_LORA_UPDATING=1");
    }

    @Test
    void aFolderThatAServerDoesNotSeeIsSaidToBeOne() {
        VllmDouble server = server();
        Sampler.Vllm elsewhere = new Sampler.Vllm(
                List.of(server.url()), "file:shared", "/nowhere", null, 30, 2, new Sampler.Fingerprint(0.05, 4));

        assertThatThrownBy(() -> train(spec(2, 0, elsewhere), new MemoryJournal()))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("No adapter found for /nowhere/tribunal-run_1-1.0-0")
                .hasMessageContaining("adaptersOnServers");
    }

    @Test
    void aServerThatRefusesTheSecretIsLeftOutAndSaysWhatToDo() {
        VllmDouble refusing = server().withApiKey("another");
        VllmDouble willing = server();
        MemoryJournal journal =
                train(spec(2, 0, sampler(2, List.of(refusing.url(), willing.url()))), new MemoryJournal());

        assertThat(journal.steps).hasSize(2);
        assertThat(journal.warnings.get("sampler_left_out"))
                .contains("127.0.0.1:" + refusing.port(), "status 401", "policy.sampler.secretRef");
        assertThatThrownBy(() -> train(spec(2, 0, sampler(2, List.of(refusing.url()))), new MemoryJournal()))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("policy.sampler.secretRef");
    }

    /** A journal that knows what was waited for. */
    private static class WatchedJournal extends MemoryJournal {

        final List<String> waits = new CopyOnWriteArrayList<>();
        volatile boolean cancelled;

        @Override
        public Waiting waiting(String kind, String name, String message) {
            waits.add(kind + ": " + name + " " + message);
            return super.waiting(kind, name, message);
        }

        @Override
        public synchronized void waitsFor(String service, String why) {
            super.waitsFor(service, why);
        }

        @Override
        public void stopIfCancelled() {
            if (cancelled) {
                throw new RunCancelledException();
            }
        }
    }

    @Test
    void theOthersDoTheWorkOfAServerThatDies() {
        VllmDouble lasting = server();
        VllmDouble dying = server();
        WatchedJournal journal = new WatchedJournal() {
            @Override
            public void commit(StepRecord step) {
                super.commit(step);
                if (steps.size() == 2) {
                    dying.close();
                }
            }
        };

        train(spec(4, 0, sampler(2, List.of(dying.url(), lasting.url()))), journal);

        assertThat(journal.steps).hasSize(4);
        assertThat(journal.waits)
                .anyMatch(
                        wait -> wait.startsWith("sampler: vLLM server 127.0.0.1:" + dying.port() + " does not answer: ")
                                && wait.endsWith("meanwhile the others do its work"));
    }

    @Test
    void aRunWaitsForItsOnlyServerAndGoesOnWithAnotherOneInItsPlace() throws Exception {
        VllmDouble dying = server();
        int port = dying.port();
        WatchedJournal journal = new WatchedJournal() {
            @Override
            public void commit(StepRecord step) {
                super.commit(step);
                if (steps.size() == 2) {
                    dying.close();
                }
            }
        };
        Thread training = Thread.ofPlatform().start(() -> train(spec(4, 0, sampler(2, List.of(dying.url()))), journal));
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!journal.warnings.containsKey("the vLLM servers") && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(journal.warnings.get("the vLLM servers")).contains("127.0.0.1:" + port);

        doubles.add(new VllmDouble(base, port));

        assertThat(training.join(Duration.ofSeconds(60))).isTrue();
        assertThat(journal.steps).hasSize(4);
    }

    @Test
    void aServerThatWasStartedAnewIsGivenTheAdapterAgain() {
        VllmDouble server = server();
        MemoryJournal journal = new MemoryJournal() {
            @Override
            public void stopIfAsked() {
                if (steps.size() == 1 && server.completions() == 18) { // in the middle of step 2
                    server.forgetsAll();
                }
            }
        };

        train(spec(4, 0, sampler(2, List.of(server.url()))), journal);

        assertThat(journal.steps).hasSize(4);
    }

    @Test
    void aRunIsCancelledWithinTwoSecondsWhateverItsServersDo() throws Exception {
        VllmDouble slow = server().slower(Duration.ofMinutes(1));
        WatchedJournal journal = new WatchedJournal();
        List<Throwable> ends = new CopyOnWriteArrayList<>();
        Thread training = Thread.ofPlatform().start(() -> {
            try {
                train(spec(4, 1, sampler(2, List.of(slow.url()))), journal);
            } catch (RuntimeException e) {
                ends.add(e);
            }
        });
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (slow.completions() == 0 && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(journal.waits).anyMatch(wait -> wait.startsWith("sampler: the vLLM servers have not sampled"));

        journal.cancelled = true;

        assertThat(training.join(Duration.ofSeconds(2))).as("ended in time").isTrue();
        assertThat(ends).singleElement().isInstanceOf(RunJournal.RunCancelledException.class);
    }

    /** The double is deterministic, so a run that is resumed ends as one that never was; without staleness. */
    @Test
    void aResumedRunEndsWithTheSameWeights() throws IOException {
        VllmDouble server = server();
        RunSpec spec = spec(5, 0, sampler(2, List.of(server.url())));
        MortalJournal whole = mortal(spec, 0);
        for (int third = 1; third < 3; third++) {
            MortalJournal killed = mortal(spec, whole.calls() * third / 3);

            assertThat(killed.attempt()).isEqualTo(2);
            assertThat(killed.lastDigest()).isEqualTo(whole.lastDigest());
        }
        assertThat(leftInTheFolder()).isEmpty();
    }

    private MortalJournal mortal(RunSpec spec, int last) {
        String directory = "mortal-" + ++runs;
        return MortalJournal.of(last, journal -> run(spec, directory, journal));
    }

    @Test
    void batchesAreSampledAheadAndNoPromptIsSkippedOrRepeated() {
        VllmDouble server = server();
        MemoryJournal exact = train(spec(7, 0, sampler(2, List.of(server.url()))), new MemoryJournal());
        RunSpec ahead = spec(7, 2, sampler(2, List.of(server.url())));

        MemoryJournal stale = train(ahead, new MemoryJournal());

        assertThat(values(stale, MetricNames.STALENESS, null)).containsExactly(0.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0);
        assertThat(prompts(stale)).isEqualTo(prompts(exact));
        assertThat(values(stale, MetricNames.IMPORTANCE_RATIO + ".max", "colours")
                        .getLast())
                .as("the policy has moved since")
                .isGreaterThan(1.001);
        // Each is sampled once: 4 prompts a step, 2 x 2 held-out evaluations of 2 prompts.
        assertThat(server.completions()).isEqualTo(2 * (7 * 4 + 2 * 2));

        MortalJournal whole = mortal(ahead, 0);
        for (int third = 1; third < 3; third++) {
            MortalJournal killed = mortal(ahead, whole.calls() * third / 3);
            assertThat(prompts(killed)).as("killed after %d thirds", third).isEqualTo(prompts(exact));
            assertThat(values(killed, MetricNames.STALENESS, null))
                    .allSatisfy(steps -> assertThat(steps).isLessThanOrEqualTo(2));
        }
    }

    /** By step, prompts and samples in their order. */
    private static Map<Integer, List<String>> prompts(MemoryJournal journal) {
        Map<Integer, List<String>> prompts = new TreeMap<>();
        for (EpisodeResource episode : journal.episodes()) {
            prompts.computeIfAbsent(episode.step(), step -> new ArrayList<>())
                    .add(episode.prompt() + "." + episode.sample());
        }
        assertThat(prompts.values())
                .allSatisfy(ofStep -> assertThat(new HashSet<>(ofStep)).hasSize(ofStep.size()));
        assertThat(prompts.keySet())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 7).boxed().toList());
        return prompts;
    }
}
