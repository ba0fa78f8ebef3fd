package dev.tribunal.trainer.training;

import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.common.Schedule;
import dev.tribunal.contracts.runs.v1.spec.Alarms;
import dev.tribunal.contracts.runs.v1.spec.Evaluation;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.combiner.GradientCombiner;
import dev.tribunal.methods.combiner.WeightedSum;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.methods.reward.Calibrated;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.stage.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A world small enough to train in: a random checkpoint whose vocabulary is ten words, prompts of one word each, and
 * specs over them. Its files lie in one folder.
 */
public final class TinyWorld {

    static final List<String> WORDS =
            List.of("good", "bad", "red", "green", "blue", "one", "two", "three", "four", "five");

    /** As they are where a spec says nothing. */
    static final Alarms ALARMS =
            InputReader.read(Alarms.class, Map.<String, Object>of()).required();

    private static final String TEMPLATE = "{% for message in messages %}{{ message.content }} {% endfor %}<answer>";

    private final Path folder;
    private int runs;

    public TinyWorld(Path folder) {
        this.folder = folder;
        try {
            Path tokenizer = Files.createDirectories(folder.resolve("tokenizer"));
            Files.writeString(tokenizer.resolve("tokenizer.json"), tokenizer());
            Files.writeString(
                    tokenizer.resolve("tokenizer_config.json"),
                    "{\"eos_token\": \"<end>\", \"chat_template\": \"" + TEMPLATE + "\"}");
            new LocalEngine().initialize(configuration(), tokenizer, 11, folder.resolve("model"));
            Files.writeString(folder.resolve("prompts.jsonl"), prompts(List.of("one", "two", "three", "four")));
            Files.writeString(folder.resolve("held-out.jsonl"), prompts(List.of("five", "red")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ModelConfiguration configuration() {
        return new ModelConfiguration("llama", WORDS.size() + 3, 16, 32, 1, 2, 1, 8, 32, 1e-5, 10000, true);
    }

    private static String tokenizer() {
        List<String> special = List.of("<unk>", "<end>", "<answer>");
        List<String> vocabulary = new ArrayList<>(special);
        vocabulary.addAll(WORDS);
        List<String> entries = new ArrayList<>();
        List<String> added = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            entries.add("\"%s\": %d".formatted(vocabulary.get(id), id));
            if (id < special.size()) {
                added.add(("{\"id\": %d, \"content\": \"%s\", \"single_word\": false, \"lstrip\": false, "
                                + "\"rstrip\": false, \"normalized\": false, \"special\": true}")
                        .formatted(id, special.get(id)));
            }
        }
        return """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [%s], "normalizer": null,
                 "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null, "decoder": null,
                 "model": {"type": "WordLevel", "vocab": {%s}, "unk_token": "<unk>"}}
                """.formatted(String.join(", ", added), String.join(", ", entries));
    }

    private static String prompts(List<String> words) {
        StringBuilder lines = new StringBuilder();
        for (String word : words) {
            lines.append("{\"prompt\": \"%s\", \"baseline\": \"%s good\", \"completion\": \"good good %s\", "
                            .formatted(word, word, word)
                    + "\"chosen\": \"good good\", \"rejected\": \"bad %s\", ".formatted(word)
                    + "\"rating\": 1, \"expectedRating\": 0.25}\n");
        }
        return lines.toString();
    }

    public FileRoots roots() {
        return new FileRoots(List.of(folder));
    }

    public Path directory(String run) {
        return folder.resolve("runs").resolve(run);
    }

    /** Trains in a folder of its own; a completion with "bad" is infeasible, and each "good" is a score of 1. */
    MemoryJournal train(RunSpec spec) {
        String run = "run_" + ++runs;
        MemoryJournal journal = new MemoryJournal();
        run(spec, run, journal).run();
        return journal;
    }

    /** Of the run that {@link #train} trained last. */
    Path lastDirectory() {
        return directory("run_" + runs);
    }

    TrainingRun run(RunSpec spec, String directory, RunJournal journal) {
        return new TrainingRun(
                new LocalEngine(),
                "run_1",
                spec,
                directory(directory),
                roots(),
                FakeServices.notBad(),
                FakeServices.goodness(),
                journal,
                null);
    }

    /** 8 steps of one CRPG task with one judge; evaluated on the held-out prompts. */
    public RunSpec spec() {
        return spec(List.of(task("colours", new Crpg(20))));
    }

    public RunSpec spec(List<RunSpec.Task> tasks) {
        return new RunSpec(
                RunSpec.API_VERSION,
                "tiny",
                Map.of(),
                new RunSpec.Policy(
                        "hf:model", null, 4, 1.0, 0, 1.0, List.of(), Precision.FP32, false, null, null, null),
                training(8),
                evaluation(4),
                new WeightedSum(),
                new RunSpec.Start(),
                tasks,
                List.of(),
                ALARMS,
                null);
    }

    static Evaluation evaluation(int samples) {
        return new Evaluation(samples, null, null, false, List.of(), List.of(), null, null);
    }

    public static RunSpec with(RunSpec spec, Evaluation evaluation) {
        return new RunSpec(
                spec.apiVersion(),
                spec.name(),
                spec.labels(),
                spec.policy(),
                spec.training(),
                evaluation,
                spec.combiner(),
                spec.reference(),
                spec.tasks(),
                spec.stages(),
                spec.alarms(),
                spec.webhook());
    }

    public static RunSpec.Training training(int steps) {
        return training(steps, 7, 0.02, steps);
    }

    public static RunSpec.Training training(int steps, long seed, double learningRate, int checkpointEvery) {
        return new RunSpec.Training(
                steps,
                seed,
                learningRate,
                Schedule.CONSTANT,
                0,
                1.0,
                checkpointEvery,
                64,
                new RunSpec.Updates(1, 1),
                null,
                null,
                new RunSpec.Checkpoints(10, null),
                0);
    }

    public static RunSpec.Training with(
            RunSpec.Training training, RunSpec.Updates updates, RunSpec.@Nullable Critic critic) {
        return new RunSpec.Training(
                training.steps(),
                training.seed(),
                training.learningRate(),
                training.schedule(),
                training.warmupSteps(),
                training.gradientClip(),
                training.checkpointEvery(),
                training.microBatchTokens(),
                updates,
                critic,
                training.entanglement(),
                training.checkpoints(),
                training.staleness());
    }

    public static RunSpec.Training with(RunSpec.Training training, RunSpec.Entanglement entanglement) {
        return new RunSpec.Training(
                training.steps(),
                training.seed(),
                training.learningRate(),
                training.schedule(),
                training.warmupSteps(),
                training.gradientClip(),
                training.checkpointEvery(),
                training.microBatchTokens(),
                training.updates(),
                training.critic(),
                entanglement,
                training.checkpoints(),
                training.staleness());
    }

    static Stage.Train stage(String name, RunSpec.Training training, RunSpec.Task... tasks) {
        return new Stage.Train(
                name, null, training, evaluation(4), new WeightedSum(), new RunSpec.Start(), List.of(tasks));
    }

    /** A task that samples has 4 completions a prompt. */
    public RunSpec.Task task(String name, Method method) {
        return task(name, method, 4);
    }

    public RunSpec.Task task(String name, Method method, int generations) {
        boolean samples = method.experience() == Experience.ROLLOUTS;
        return new RunSpec.Task(
                name,
                1.0,
                method,
                samples ? generations : null,
                new RunSpec.Prompts(
                        "file:prompts.jsonl",
                        null,
                        4,
                        samples ? new RunSpec.BaselineCompletionSource("baseline", null) : null,
                        "file:held-out.jsonl",
                        null,
                        null),
                samples ? "goodness@1" : null,
                null,
                List.of(),
                List.of(new Calibrated()),
                samples ? List.of(new RunSpec.Judge("not-bad@1", null, Map.of())) : List.of(),
                false,
                RunSpec.Overlong.KEEP,
                new RunSpec.FailurePolicy(2, RunSpec.OnShortage.DROP_GROUP),
                null);
    }

    public static RunSpec with(RunSpec spec, RunSpec.Training training) {
        return of(spec, spec.policy(), training, spec.combiner(), spec.tasks(), spec.stages());
    }

    public static RunSpec with(RunSpec spec, RunSpec.Policy policy) {
        return of(spec, policy, spec.training(), spec.combiner(), spec.tasks(), spec.stages());
    }

    public static RunSpec with(RunSpec spec, GradientCombiner combiner) {
        return of(spec, spec.policy(), spec.training(), combiner, spec.tasks(), spec.stages());
    }

    public static RunSpec with(RunSpec spec, RunSpec.Reference reference) {
        return new RunSpec(
                spec.apiVersion(),
                spec.name(),
                spec.labels(),
                spec.policy(),
                spec.training(),
                spec.evaluation(),
                spec.combiner(),
                reference,
                spec.tasks(),
                spec.stages(),
                spec.alarms(),
                spec.webhook());
    }

    static RunSpec staged(RunSpec spec, Stage... stages) {
        return of(spec, spec.policy(), null, spec.combiner(), List.of(), List.of(stages));
    }

    private static RunSpec of(
            RunSpec spec,
            RunSpec.Policy policy,
            RunSpec.@Nullable Training training,
            GradientCombiner combiner,
            List<RunSpec.Task> tasks,
            List<Stage> stages) {
        return new RunSpec(
                spec.apiVersion(),
                spec.name(),
                spec.labels(),
                policy,
                training,
                spec.evaluation(),
                combiner,
                spec.reference(),
                tasks,
                stages,
                spec.alarms(),
                spec.webhook());
    }

    public static RunSpec.Task with(RunSpec.Task task, double weight) {
        return of(task, weight, task.prompts(), task.overlong(), task.failurePolicy());
    }

    public static RunSpec.Task with(RunSpec.Task task, RunSpec.FailurePolicy failurePolicy) {
        return of(task, task.weight(), task.prompts(), task.overlong(), failurePolicy);
    }

    static RunSpec.Task withoutJudges(RunSpec.Task task) {
        return task.with(task.rewardModel(), null, task.rewardModels(), List.of());
    }

    public static RunSpec.Task with(RunSpec.Task task, RunSpec.Overlong overlong) {
        return of(task, task.weight(), task.prompts(), overlong, task.failurePolicy());
    }

    public static RunSpec.Task with(RunSpec.Task task, RunSpec.BaselineCompletionSource baseline) {
        RunSpec.Prompts prompts = new RunSpec.Prompts(
                task.prompts().source(),
                null,
                task.prompts().batchSize(),
                baseline,
                task.prompts().heldOut(),
                null,
                null);
        return with(task, prompts);
    }

    public static RunSpec.Task with(RunSpec.Task task, RunSpec.Prompts prompts) {
        return of(task, task.weight(), prompts, task.overlong(), task.failurePolicy());
    }

    /** @param maxRounds of dynamic sampling */
    public static RunSpec.Task dynamic(RunSpec.Task task, int batchSize, int maxRounds) {
        RunSpec.Prompts prompts = task.prompts();
        return with(
                task,
                new RunSpec.Prompts(
                        prompts.source(),
                        null,
                        batchSize,
                        prompts.baseline(),
                        prompts.heldOut(),
                        null,
                        new RunSpec.DynamicSampling(maxRounds)));
    }

    private static RunSpec.Task of(
            RunSpec.Task task,
            double weight,
            RunSpec.Prompts prompts,
            RunSpec.Overlong overlong,
            RunSpec.FailurePolicy failurePolicy) {
        return new RunSpec.Task(
                task.name(),
                weight,
                task.method(),
                task.generations(),
                prompts,
                task.rewardModel(),
                task.rewardModelDigest(),
                task.rewardModels(),
                task.rewards(),
                task.judges(),
                task.shortCircuit(),
                overlong,
                failurePolicy,
                task.combiner());
    }
}
