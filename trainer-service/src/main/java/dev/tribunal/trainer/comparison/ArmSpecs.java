package dev.tribunal.trainer.comparison;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRequest;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.servicekit.json.JsonPointers;
import dev.tribunal.servicekit.json.MergePatch;
import dev.tribunal.servicekit.json.PathEdit;
import dev.tribunal.trainer.lineage.SpecDifferences;
import dev.tribunal.trainer.store.Columns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The specs of a comparison's arms. */
public final class ArmSpecs {

    private static final JsonMapper JSON = new JsonMapper();

    private ArmSpecs() {}

    /**
     * An arm as it is written.
     *
     * @param pointer of the arm in the request
     * @param spec the patched base
     */
    public record Written(String name, String pointer, ObjectNode spec) {}

    /**
     * The patched base of each arm.
     *
     * @param comparison as it was written: the tree tells what is taken away from what is not said
     * @param mistakes is added to, where a path leads nowhere
     */
    public static List<Written> written(JsonNode comparison, List<FieldError> mistakes) {
        ObjectNode base = patched(comparison.path("base"), comparison, "", mistakes);
        List<Written> arms = new ArrayList<>();
        for (int i = 0; i < comparison.path("arms").size(); i++) {
            JsonNode arm = comparison.path("arms").get(i);
            String pointer = JsonPointers.child("/arms", i);
            ObjectNode spec = patched(base, arm, pointer, mistakes);
            // What every run of a comparison is given.
            if (!spec.has("name")) {
                spec.put("name", arm.path("name").asString());
            }
            if (!spec.has("apiVersion")) {
                spec.put("apiVersion", RunSpec.API_VERSION);
            }
            arms.add(new Written(arm.path("name").asString(), pointer, spec));
        }
        return arms;
    }

    /** @param change has a merge patch as {@code patch} and values by path as {@code set} */
    private static ObjectNode patched(JsonNode base, JsonNode change, String at, List<FieldError> mistakes) {
        ObjectNode spec =
                (ObjectNode) MergePatch.apply(base.deepCopy(), change.has("patch") ? change.path("patch") : empty());
        change.path("set").forEachEntry((path, value) -> {
            try {
                PathEdit.parse(path).set(spec, value);
            } catch (IllegalArgumentException e) {
                mistakes.add(new FieldError(
                        JsonPointers.child(JsonPointers.child(at, "set"), path), String.valueOf(e.getMessage())));
            }
        });
        return spec;
    }

    private static ObjectNode empty() {
        return JSON.createObjectNode();
    }

    /**
     * Mistakes of an arm's spec as mistakes of the comparison: of the base, or of what is changed for all arms, where the
     * arm left it as it is, else of the arm.
     */
    public static List<FieldError> placed(Written arm, JsonNode comparison, List<FieldError> ofSpec) {
        ObjectNode common = patched(comparison.path("base"), comparison, "", new ArrayList<>());
        return ofSpec.stream()
                .map(mistake -> placed(arm, comparison, common, mistake))
                .toList();
    }

    private static FieldError placed(Written arm, JsonNode comparison, JsonNode common, FieldError mistake) {
        String pointer = mistake.pointer();
        if (isOfBase(pointer, comparison.path("base"), arm.spec)) {
            return new FieldError("/base" + pointer, mistake.detail());
        }
        if (!isOfBase(pointer, common, arm.spec)) {
            return new FieldError(arm.pointer, arm.name + ": " + pointer + " " + mistake.detail());
        }
        return comparison.path("patch").at(pointer).isMissingNode()
                ? new FieldError("/set", "makes a mistake: " + pointer + " " + mistake.detail())
                : new FieldError("/patch" + pointer, mistake.detail());
    }

    private static boolean isOfBase(String pointer, JsonNode base, JsonNode spec) {
        JsonNode there = spec.at(pointer);
        if (!there.equals(base.at(pointer)) || pointer.isEmpty()) {
            return false;
        }
        // What is missing in both is missing in the base, if the arm did not put something else around it.
        String parent = pointer.substring(0, pointer.lastIndexOf('/'));
        return !there.isMissingNode()
                || base.at(parent).path("type").equals(spec.at(parent).path("type"));
    }

    /** An arm's resolved spec as the run of one seed has it, with the labels that hold the comparison together. */
    public static RunSpec ofSeed(RunSpec arm, String comparison, String name, long seed) {
        ObjectNode spec = (ObjectNode) JSON.readTree(Columns.json(arm));
        spec.put("name", name + ", seed " + seed);
        Map<String, String> labels = new LinkedHashMap<>(arm.labels());
        labels.put(ComparisonRequest.COMPARISON, comparison);
        labels.put(ComparisonRequest.ARM, name);
        labels.put(ComparisonRequest.SEED, String.valueOf(seed));
        spec.set("labels", JSON.valueToTree(labels));
        setSeed(spec, seed);
        spec.path("stages").forEach(stage -> setSeed(stage, seed));
        return JSON.treeToValue(spec, RunSpec.class);
    }

    /** A resolved spec has every seed written: of a training, and of a stage that generates. */
    private static void setSeed(JsonNode stage, long seed) {
        for (JsonNode part : List.of(stage, stage.path("training"))) {
            if (part instanceof ObjectNode object && object.path("seed").isNumber()) {
                object.put("seed", seed);
            }
        }
        stage.path("stages").forEach(inner -> setSeed(inner, seed));
    }

    /**
     * Whether a run is the one that a spec asks for. The digests of prompt files may still be missing in one of the two,
     * while their check goes on.
     */
    public static boolean same(RunSpec run, RunSpec wanted) {
        return SpecDifferences.of(run, wanted).stream()
                .allMatch(difference -> difference.pointer().endsWith("Digest")
                        && (difference.value() == null || difference.otherValue() == null));
    }

    /** Completions that a run's training samples if no group is drawn again. */
    public static long samples(RunSpec spec) {
        return spec.allStages().stream()
                .mapToLong(stage -> stage.tasks().stream()
                        .filter(RunSpec.Task::samples)
                        .mapToLong(task -> (long) stage.steps() * task.prompts().batchSize() * generations(task))
                        .sum())
                .sum();
    }

    /** Completions of each prompt, of a task that samples. */
    static int generations(RunSpec.Task task) {
        return task.generations() == null ? 1 : task.generations();
    }

    /** The tasks of each stage, by its name. */
    static Map<String, List<RunSpec.Task>> tasksByStage(RunSpec spec) {
        Map<String, List<RunSpec.Task>> tasks = new LinkedHashMap<>();
        for (Stage stage : spec.allStages()) {
            tasks.put(stage.name(), stage.tasks());
        }
        return tasks;
    }
}
