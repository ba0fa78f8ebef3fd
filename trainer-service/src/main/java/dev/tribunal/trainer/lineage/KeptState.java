package dev.tribunal.trainer.lineage;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.lineage.RunDifferences.Difference;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.methods.Need;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * What a patch may change where the whole training state is taken over: AdamW's moments are of these weights, cursors are
 * places in these files, in the order of this seed, and baseline completions and their scores are kept.
 */
public final class KeptState {

    /** What the next step reads anew. */
    private static final Pattern FREE = Pattern.compile(
            "/(name|labels(/.*)?|alarms(/.*)?|evaluation(/.*)?"
                    + "|training/(steps|learningRate|schedule|warmupSteps|gradientClip|checkpointEvery|microBatchTokens"
                    + "|checkpoints(/.*)?|updates(/.*)?|entanglement(/.*)?|critic/learningRate)"
                    + "|tasks/\\d+/(weight|generations|overlong|shortCircuit|failurePolicy(/.*)?|prompts/batchSize|judges(/.*)?|method/(?!type$).*))");

    private static final Pattern JUDGES = Pattern.compile("/tasks/\\d+/judges(/.*)?");

    private KeptState() {}

    /**
     * @param parent the spec that made the state
     * @param patched the fork's
     * @param step of the checkpoint
     * @return with pointers into the patched spec; none if the state stays valid
     */
    public static List<FieldError> mistakes(RunSpec parent, JsonNode patched, int step) {
        List<FieldError> mistakes = new ArrayList<>();
        if (!parent.stages().isEmpty()) {
            mistakes.add(
                    new FieldError(
                            "/stages",
                            "are several, of which the earlier ones would be taken over; fork a run of stages from its weights"));
            return mistakes;
        }
        JsonNode before = SpecPatch.tree(parent);
        if (!names(before).equals(names(patched))) {
            mistakes.add(new FieldError(
                    "/tasks",
                    "are " + names(patched) + ", must be " + names(before)
                            + " in this order, for the state has the place of each; set a task's weight to 0 to let it"
                            + " rest, or fork from the weights"));
            return mistakes;
        }
        for (Difference difference : SpecDifferences.of(before, patched)) {
            String pointer = difference.pointer();
            if (!FREE.matcher(pointer).matches()) {
                mistakes.add(new FieldError(
                        pointer,
                        "is another one, which the state does not fit; leave it as it is, or fork from the weights"));
            } else if (JUDGES.matcher(pointer).matches() && keepsVerdicts(parent, pointer)) {
                mistakes.add(new FieldError(
                        pointer,
                        "is another one, but the state has the judges' verdicts on baseline completions, which this"
                                + " method trains on; leave it as it is, or fork from the weights"));
            }
        }
        JsonNode steps = patched.at("/training/steps");
        if (steps.isIntegralNumber() && steps.asLong() <= step) {
            mistakes.add(new FieldError(
                    "/training/steps",
                    "is " + steps + ", must be more than " + step + ", the step that the fork goes on from"));
        }
        return mistakes;
    }

    private static boolean keepsVerdicts(RunSpec parent, String pointer) {
        int task = Integer.parseInt(pointer.split("/")[2]);
        return parent.tasks().get(task).method().needs().contains(Need.BASELINE_VERDICTS);
    }

    private static List<String> names(JsonNode spec) {
        return StreamSupport.stream(spec.path("tasks").spliterator(), false)
                .map(task -> task.path("name").asString(""))
                .toList();
    }
}
