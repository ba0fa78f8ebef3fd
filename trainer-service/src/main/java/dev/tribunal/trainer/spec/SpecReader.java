package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.contracts.runs.v1.RunSpec.Baseline;
import dev.tribunal.contracts.runs.v1.RunSpec.Codpo;
import dev.tribunal.contracts.runs.v1.RunSpec.Combiner;
import dev.tribunal.contracts.runs.v1.RunSpec.Crpg;
import dev.tribunal.contracts.runs.v1.RunSpec.Crraft;
import dev.tribunal.contracts.runs.v1.RunSpec.Evaluation;
import dev.tribunal.contracts.runs.v1.RunSpec.FailurePolicy;
import dev.tribunal.contracts.runs.v1.RunSpec.Judge;
import dev.tribunal.contracts.runs.v1.RunSpec.Lora;
import dev.tribunal.contracts.runs.v1.RunSpec.Method;
import dev.tribunal.contracts.runs.v1.RunSpec.OnShortage;
import dev.tribunal.contracts.runs.v1.RunSpec.Optimizer;
import dev.tribunal.contracts.runs.v1.RunSpec.Policy;
import dev.tribunal.contracts.runs.v1.RunSpec.Precision;
import dev.tribunal.contracts.runs.v1.RunSpec.Prompts;
import dev.tribunal.contracts.runs.v1.RunSpec.Schedule;
import dev.tribunal.contracts.runs.v1.RunSpec.Task;
import dev.tribunal.contracts.runs.v1.RunSpec.Training;
import dev.tribunal.contracts.runs.v1.RunSpec.WeightedSum;
import dev.tribunal.languagemodel.LoraTarget;
import dev.tribunal.trainer.spec.ObjectReader.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads a spec as a person wrote it: defaults are filled in, and every mistake of form is noted. What a field refers
 * to, such as a file or a judge, is {@link SpecResolver}'s to look at.
 */
final class SpecReader {

    static final int DEFAULT_MAX_NEW_TOKENS = 128;
    static final int DEFAULT_MICRO_BATCH_TOKENS = 4096;

    private static final Range COUNT = Range.of(1, 1_000_000);
    /** Completions of one task in one step: they are in memory together. */
    private static final int MOST_ROLLOUTS = 100_000;

    private static final int MOST_RANK = 4096;
    private static final String ALL_LINEAR = "all-linear";
    private static final List<String> MODULES =
            Arrays.stream(LoraTarget.values()).map(LoraTarget::module).toList();

    private static final int MAX_NAME = 100;
    private static final Pattern TASK_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final Pattern VERSIONED = Pattern.compile("[^@\\s/]+(@[^@\\s/]+)?");

    private final List<FieldError> mistakes = new ArrayList<>();

    private SpecReader() {}

    static SpecDraft read(JsonNode tree) {
        SpecReader reader = new SpecReader();
        reader.refuseUnwritable(tree, "");
        RunSpec spec = reader.spec(new ObjectReader(tree, "", reader.mistakes));
        return new SpecDraft(spec, List.copyOf(reader.mistakes));
    }

    /** PostgreSQL's texts and JSON hold neither NUL nor halves of surrogate pairs. */
    private void refuseUnwritable(JsonNode node, String at) {
        if (node.isString() && !writable(node.stringValue())) {
            mistakes.add(new FieldError(at, "has a NUL character or half a surrogate pair; remove it"));
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            refuseUnwritable(node.get(i), at + "/" + i);
        }
        node.properties().forEach(field -> {
            if (!writable(field.getKey())) {
                mistakes.add(new FieldError(at, "has a field with a NUL character or half a surrogate pair in its"
                        + " name; rename it"));
            }
            refuseUnwritable(field.getValue(), at + "/" + ObjectReader.escaped(field.getKey()));
        });
    }

    private static boolean writable(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private RunSpec spec(ObjectReader spec) {
        String apiVersion = spec.text("apiVersion");
        if (!apiVersion.isEmpty() && !apiVersion.equals(RunSpec.API_VERSION)) {
            spec.mistake("apiVersion", "is '" + apiVersion + "', must be '" + RunSpec.API_VERSION + "'");
        }
        String name = spec.text("name");
        if (name.length() > MAX_NAME) {
            spec.mistake("name", "has " + name.length() + " characters, may have " + MAX_NAME);
        }
        Map<String, String> labels = spec.texts("labels");
        Method method = spec.word("method", Method.class, Method.CGPO);
        RunSpec read = new RunSpec(
                apiVersion,
                name,
                labels,
                method,
                policy(spec.object("policy")),
                training(spec.object("training")),
                evaluation(spec.objectOrDefaults("evaluation")),
                combiner(spec.objectOrDefaults("combiner")),
                tasks(spec, method));
        spec.end();
        return read;
    }

    private Policy policy(ObjectReader policy) {
        Policy read = new Policy(
                policy.text("model"),
                policy.optionalText("digest"),
                policy.integer("maxNewTokens", COUNT, DEFAULT_MAX_NEW_TOKENS),
                policy.number("temperature", Range.of(0, 10), 1.0),
                policy.integer("topK", Range.of(0, 1_000_000), 0),
                policy.number("topP", new Range(0, true, 1), 1.0),
                policy.listOrEmpty("stop", this::stop),
                policy.word("precision", Precision.class, Precision.FP32),
                policy.flag("activationCheckpointing", false),
                policy.has("lora") ? lora(policy.object("lora")) : null);
        policy.end();
        return read;
    }

    private Lora lora(ObjectReader lora) {
        int rank = lora.integer("rank", Range.of(1, MOST_RANK));
        Lora read = new Lora(rank, lora.number("alpha", Range.POSITIVE, Math.max(rank, 1)), targetModules(lora));
        lora.end();
        return read;
    }

    private List<String> targetModules(ObjectReader lora) {
        String field = "targetModules";
        if (!lora.has(field) || lora.isText(field)) {
            if (lora.has(field) && !lora.text(field).equals(ALL_LINEAR)) {
                lora.mistake(field, "is '" + lora.text(field) + "', must be '" + ALL_LINEAR + "' or a list of "
                        + String.join(", ", MODULES));
            }
            return MODULES;
        }
        List<String> modules = lora.list(field, this::targetModule);
        if (modules.isEmpty() && isSound(lora.pointerOf(field))) {
            lora.mistake(field, "is empty: nothing would be trained");
        }
        return modules.stream().distinct().toList();
    }

    private String targetModule(JsonNode name, String at) {
        if (!name.isString() || !MODULES.contains(name.stringValue())) {
            mistakes.add(new FieldError(
                    at, "is " + ObjectReader.shown(name) + ", must be one of " + String.join(", ", MODULES)));
            return MODULES.getFirst();
        }
        return name.stringValue();
    }

    /** May be white space alone, such as an empty line. */
    private String stop(JsonNode text, String at) {
        if (!text.isString() || text.stringValue().isEmpty()) {
            mistakes.add(new FieldError(at, "is " + ObjectReader.shown(text) + ", must be a text that is not empty"));
            return "";
        }
        return text.stringValue();
    }

    private static Training training(ObjectReader training) {
        int steps = training.integer("steps", COUNT);
        Training read = new Training(
                steps,
                training.wholeNumber("seed", Range.ANY_LONG, 0),
                training.number("learningRate", Range.POSITIVE),
                training.word("schedule", Schedule.class, Schedule.CONSTANT),
                training.integer("warmupSteps", Range.of(0, 1_000_000), 0),
                training.number("gradientClip", Range.POSITIVE, 1.0),
                training.integer("checkpointEvery", COUNT, Math.max(steps, 1)),
                training.integer("microBatchTokens", COUNT, DEFAULT_MICRO_BATCH_TOKENS));
        training.end();
        return read;
    }

    private static Evaluation evaluation(ObjectReader evaluation) {
        Evaluation read = new Evaluation(evaluation.integer("samples", Range.of(1, 1000), 1));
        evaluation.end();
        return read;
    }

    private static Combiner combiner(ObjectReader combiner) {
        String type = combiner.has("type") ? combiner.text("type") : "weighted-sum";
        if (!type.isEmpty() && !type.equals("weighted-sum")) {
            combiner.mistake("type", "is '" + type + "', must be 'weighted-sum'");
        }
        combiner.end();
        return new WeightedSum();
    }

    private List<Task> tasks(ObjectReader spec, Method method) {
        Set<String> names = new HashSet<>();
        List<Task> tasks = spec.list("tasks", (node, at) -> task(new TaskPlace(node, at, method), names));
        if (spec.has("tasks") && tasks.isEmpty() && isSound("/tasks")) {
            spec.mistake("tasks", "is empty, must have at least one task");
        }
        if (tasks.size() > RunSpec.MAX_TASKS) {
            spec.mistake("tasks", "has " + tasks.size() + " tasks, may have " + RunSpec.MAX_TASKS);
        }
        if (!tasks.isEmpty() && tasks.stream().allMatch(task -> task.weight() == 0)) {
            spec.mistake("tasks", "all have weight 0: nothing would be trained");
        }
        return tasks;
    }

    private boolean isSound(String pointer) {
        return mistakes.stream().noneMatch(mistake -> mistake.pointer().equals(pointer));
    }

    private record TaskPlace(JsonNode node, String pointer, Method method) {}

    private Task task(TaskPlace place, Set<String> names) {
        ObjectReader task = ObjectReader.element(place.node, place.pointer, mistakes);
        String name = task.text("name");
        if (!name.isEmpty() && !TASK_NAME.matcher(name).matches()) {
            task.mistake("name", "is '" + name + "', must have 1 to 63 letters, digits, dots, dashes or underscores");
        } else if (!name.isEmpty() && !names.add(name)) {
            task.mistake("name", "is '" + name + "', which an earlier task has already");
        }
        double weight = task.number("weight", Range.NOT_NEGATIVE, 1.0);
        Task read = switch (place.method) {
            case CGPO -> cgpoTask(task, name, weight);
            case SFT -> sftTask(task, name, weight);
        };
        task.end();
        return read;
    }

    private Task cgpoTask(ObjectReader task, String name, double weight) {
        Prompts prompts = prompts(task.object("prompts"), Method.CGPO);
        Optimizer optimizer = optimizer(task.object("optimizer"), prompts.batchSize());
        FailurePolicy failurePolicy = failurePolicy(task.objectOrDefaults("failurePolicy"), optimizer);
        return new Task(
                name,
                weight,
                prompts,
                versioned(task, "rewardModel"),
                task.optionalText("rewardModelDigest"),
                task.listOrEmpty("judges", this::judge),
                task.flag("shortCircuit", false),
                optimizer,
                failurePolicy);
    }

    private Task sftTask(ObjectReader task, String name, double weight) {
        Prompts prompts = prompts(task.object("prompts"), Method.SFT);
        task.refuse(
                "has no meaning under method sft, which learns the prompts' completions; remove it",
                "rewardModel",
                "rewardModelDigest",
                "judges",
                "shortCircuit",
                "optimizer",
                "failurePolicy");
        return new Task(name, weight, prompts, null, null, List.of(), false, null, defaultFailurePolicy(1));
    }

    private static Prompts prompts(ObjectReader prompts, Method method) {
        Prompts read = new Prompts(
                prompts.text("source"),
                prompts.optionalText("sourceDigest"),
                prompts.integer("batchSize", Range.of(1, 100_000)),
                switch (method) {
                    case CGPO -> baseline(prompts.object("baseline"));
                    case SFT -> {
                        prompts.refuse("has no meaning under method sft; remove it", "baseline");
                        yield null;
                    }
                },
                prompts.optionalText("heldOut"),
                prompts.optionalText("heldOutDigest"));
        if (read.heldOut() == null && read.heldOutDigest() != null) {
            prompts.mistake("heldOutDigest", "is of no file: set heldOut, or remove it");
        }
        prompts.end();
        return read;
    }

    /** Exactly one of the two. */
    private static Baseline baseline(ObjectReader baseline) {
        String field = baseline.optionalText("field");
        String generate = baseline.optionalText("generate");
        if (generate != null && !generate.isEmpty() && !generate.equals("reference")) {
            baseline.mistake("generate", "is '" + generate + "', must be 'reference'");
        }
        if (field != null && generate != null) {
            baseline.mistake("generate", "excludes 'field': a prompt has one baseline completion; remove one of them");
        }
        if (field == null && generate == null) {
            baseline.mistake("field", "is missing: name a field of the prompts' lines, or set generate to 'reference'");
        }
        baseline.end();
        return new Baseline(field, generate);
    }

    private Judge judge(JsonNode node, String at) {
        if (node.isString()) {
            // A judge without parameters is written as its name alone.
            checkVersioned(node.stringValue(), at);
            return new Judge(node.stringValue(), null, Map.of());
        }
        ObjectReader judge = ObjectReader.element(node, at, mistakes);
        Judge read = new Judge(
                versioned(judge, "judge"), judge.optionalText("digest"), judge.anything("parameters"));
        judge.end();
        return read;
    }

    /** {@code NAME}, which means the latest version, or {@code NAME@VERSION}. */
    private String versioned(ObjectReader reader, String field) {
        String reference = reader.text(field);
        if (!reference.isEmpty()) {
            checkVersioned(reference, reader.pointerOf(field));
        }
        return reference;
    }

    private void checkVersioned(String reference, String pointer) {
        if (!VERSIONED.matcher(reference).matches()) {
            mistakes.add(new FieldError(pointer, "is '" + reference + "', must be written NAME or NAME@VERSION"));
        }
    }

    private static @Nullable Optimizer optimizer(ObjectReader optimizer, int batchSize) {
        String type = optimizer.text("type");
        Optimizer read = switch (type) {
            case "crpg" -> {
                int generations = generations(optimizer, 1);
                if (generations * batchSize == 1) {
                    optimizer.mistake("generations", "is 1 with a batchSize of 1: crpg weighs completions against"
                            + " their mean and needs at least 2");
                }
                yield new Crpg(generations, optimizer.number("klMax", Range.POSITIVE));
            }
            case "crraft" -> new Crraft(generations(optimizer, 1), optimizer.number("klMax", Range.POSITIVE));
            case "codpo" -> new Codpo(
                    generations(optimizer, 2), // a chosen and a rejected one
                    optimizer.number("beta", Range.POSITIVE),
                    optimizer.number("lambda", Range.NOT_NEGATIVE));
            default -> {
                if (!type.isEmpty()) {
                    optimizer.mistake("type", "is '" + type + "', must be one of crpg, crraft, codpo");
                }
                yield null;
            }
        };
        if (read != null) {
            long rollouts = (long) read.generations() * batchSize;
            if (rollouts > MOST_ROLLOUTS) {
                optimizer.mistake("generations", "is " + read.generations() + " with a batchSize of " + batchSize
                        + ": " + rollouts + " completions a step, may be " + MOST_ROLLOUTS
                        + "; lower one of them");
            }
            optimizer.end();
        }
        return read;
    }

    private static int generations(ObjectReader optimizer, int fewest) {
        return optimizer.integer("generations", Range.of(fewest, 1024));
    }

    private static FailurePolicy failurePolicy(ObjectReader policy, @Nullable Optimizer optimizer) {
        int generations = optimizer == null ? 1024 : Math.max(optimizer.generations(), 1);
        FailurePolicy otherwise = defaultFailurePolicy(generations);
        FailurePolicy read = new FailurePolicy(
                policy.integer("minimumGroup", Range.of(1, generations), otherwise.minimumGroup()),
                policy.word("onShortage", OnShortage.class, otherwise.onShortage()));
        policy.end();
        return read;
    }

    private static FailurePolicy defaultFailurePolicy(int generations) {
        return new FailurePolicy(Math.min(2, generations), OnShortage.DROP_GROUP);
    }
}
