package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.languagemodel.Checkpoints;
import dev.tribunal.languagemodel.ModelConfiguration;
import dev.tribunal.servicekit.files.FileRoots;
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
final class TinyWorld {

    static final List<String> WORDS =
            List.of("good", "bad", "red", "green", "blue", "one", "two", "three", "four", "five");

    private static final String TEMPLATE = "{% for message in messages %}{{ message.content }} {% endfor %}<answer>";

    private final Path folder;

    TinyWorld(Path folder) {
        this.folder = folder;
        try {
            Path tokenizer = Files.createDirectories(folder.resolve("tokenizer"));
            Files.writeString(tokenizer.resolve("tokenizer.json"), tokenizer());
            Files.writeString(
                    tokenizer.resolve("tokenizer_config.json"),
                    "{\"eos_token\": \"<end>\", \"chat_template\": \"" + TEMPLATE + "\"}");
            Checkpoints.initialize(configuration(), tokenizer, 11, folder.resolve("model"));
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
            lines.append("{\"prompt\": \"%s\", \"baseline\": \"%s good\", \"completion\": \"good good %s\"}\n"
                    .formatted(word, word, word));
        }
        return lines.toString();
    }

    FileRoots roots() {
        return new FileRoots(List.of(folder));
    }

    Path directory(String run) {
        return folder.resolve("runs").resolve(run);
    }

    /** 8 steps of one CRPG task with one judge; evaluated on the held-out prompts. */
    RunSpec spec() {
        return spec(List.of(task("colours", new RunSpec.Crpg(4, 20))));
    }

    RunSpec spec(List<RunSpec.Task> tasks) {
        return new RunSpec(
                RunSpec.API_VERSION,
                "tiny",
                Map.of(),
                RunSpec.Method.CGPO,
                new RunSpec.Policy("hf:model", null, 4, 1.0, 0, 1.0, List.of(), RunSpec.Precision.FP32, false, null),
                training(8),
                new RunSpec.Evaluation(4),
                new RunSpec.WeightedSum(),
                tasks);
    }

    static RunSpec.Training training(int steps) {
        return new RunSpec.Training(
                steps, 7, 0.02, RunSpec.Schedule.CONSTANT, 0, 1.0, steps, 64, new RunSpec.Checkpoints(10, null));
    }

    RunSpec.Task task(String name, RunSpec.@Nullable Optimizer optimizer) {
        return new RunSpec.Task(
                name,
                1.0,
                new RunSpec.Prompts(
                        "file:prompts.jsonl",
                        null,
                        4,
                        new RunSpec.Baseline("baseline", null),
                        "file:held-out.jsonl",
                        null),
                "goodness@1",
                null,
                List.of(new RunSpec.Judge("not-bad@1", null, Map.of())),
                false,
                optimizer,
                new RunSpec.FailurePolicy(2, RunSpec.OnShortage.DROP_GROUP));
    }

    static RunSpec with(RunSpec spec, RunSpec.Training training) {
        return new RunSpec(
                spec.apiVersion(),
                spec.name(),
                spec.labels(),
                spec.method(),
                spec.policy(),
                training,
                spec.evaluation(),
                spec.combiner(),
                spec.tasks());
    }

    static RunSpec with(RunSpec spec, RunSpec.Policy policy) {
        return new RunSpec(
                spec.apiVersion(),
                spec.name(),
                spec.labels(),
                spec.method(),
                policy,
                spec.training(),
                spec.evaluation(),
                spec.combiner(),
                spec.tasks());
    }

    static RunSpec with(RunSpec spec, RunSpec.Method method) {
        return new RunSpec(
                spec.apiVersion(),
                spec.name(),
                spec.labels(),
                method,
                spec.policy(),
                spec.training(),
                spec.evaluation(),
                spec.combiner(),
                spec.tasks());
    }

    static RunSpec.Task with(RunSpec.Task task, double weight) {
        return new RunSpec.Task(
                task.name(),
                weight,
                task.prompts(),
                task.rewardModel(),
                task.rewardModelDigest(),
                task.judges(),
                task.shortCircuit(),
                task.optimizer(),
                task.failurePolicy());
    }

    static RunSpec.Task with(RunSpec.Task task, RunSpec.FailurePolicy failurePolicy) {
        return new RunSpec.Task(
                task.name(),
                task.weight(),
                task.prompts(),
                task.rewardModel(),
                task.rewardModelDigest(),
                task.judges(),
                task.shortCircuit(),
                task.optimizer(),
                failurePolicy);
    }

    static RunSpec.Task with(RunSpec.Task task, RunSpec.Baseline baseline) {
        RunSpec.Prompts prompts = new RunSpec.Prompts(
                task.prompts().source(),
                null,
                task.prompts().batchSize(),
                baseline,
                task.prompts().heldOut(),
                null);
        return with(task, prompts);
    }

    static RunSpec.Task with(RunSpec.Task task, RunSpec.Prompts prompts) {
        return new RunSpec.Task(
                task.name(),
                task.weight(),
                prompts,
                task.rewardModel(),
                task.rewardModelDigest(),
                task.judges(),
                task.shortCircuit(),
                task.optimizer(),
                task.failurePolicy());
    }
}
