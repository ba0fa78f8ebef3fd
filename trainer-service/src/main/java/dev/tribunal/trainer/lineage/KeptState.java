package dev.tribunal.trainer.lineage;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.lineage.RunDifferences.Difference;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.methods.Need;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * What a patch may change where the whole training state is taken over: AdamW's moments are of these weights, cursors are
 * places in these files, in the order of this seed, and baseline completions and their scores are kept.
 */
public final class KeptState {

    /** What the next step reads anew, of a run. */
    private static final Pattern FREE = Pattern.compile("/(name|labels(/.*)?|alarms(/.*)?)");

    /** Likewise of a stage, which a run without a list of them is itself. */
    private static final Pattern FREE_OF_STAGE = Pattern.compile(
            "/(evaluation(/.*)?"
                    + "|training/(steps|learningRate|schedule|warmupSteps|gradientClip|checkpointEvery|microBatchTokens"
                    + "|checkpoints(/.*)?|updates(/.*)?|entanglement(/.*)?|critic/learningRate)"
                    + "|tasks/\\d+/(weight|generations|overlong|shortCircuit|failurePolicy(/.*)?|prompts/batchSize|judges(/.*)?|method/(?!type$).*))");

    private static final Pattern JUDGES = Pattern.compile("/tasks/\\d+/judges(/.*)?");

    private static final Pattern IN_STAGE = Pattern.compile("/stages/(\\d+)(/.*)?");

    private KeptState() {}

    /**
     * @param parent the spec that made the state
     * @param patched the fork's
     * @param step of the checkpoint
     * @return with pointers into the patched spec; none if the state stays valid
     */
    public static List<FieldError> mistakes(RunSpec parent, JsonNode patched, int step) {
        JsonNode before = SpecPatch.tree(parent);
        int begun = begun(parent, step);
        List<FieldError> mistakes = new ArrayList<>(namesThatMoved(before, patched, parent, begun));
        if (!mistakes.isEmpty()) {
            return mistakes;
        }
        for (Difference difference : SpecDifferences.of(before, patched)) {
            look(difference.pointer(), parent, begun, isWithin(parent, step), mistakes);
        }
        if (parent.stages().isEmpty() || isWithin(parent, step)) {
            int first = parent.stages().isEmpty() ? 0 : stepsBefore(parent, begun - 1);
            String at = (parent.stages().isEmpty() ? "" : "/stages/" + (begun - 1)) + "/training/steps";
            JsonNode steps = patched.at(at);
            if (steps.isIntegralNumber() && first + steps.asLong() <= step) {
                mistakes.add(new FieldError(
                        at,
                        "is " + steps + ", must be more than " + (step - first)
                                + ", the step that the fork goes on from"));
            }
        }
        return mistakes;
    }

    /**
     * How many of the parent's finished stages a fork does not go through again: those before the first one that is
     * another now, at most those before the step after the checkpoint's.
     *
     * @param patched a spec that {@link #mistakes} has nothing against
     */
    public static int finished(RunSpec parent, RunSpec patched, int step) {
        List<Stage> before = parent.stages();
        List<Stage> now = patched.stages();
        int same = 0;
        int last = 0;
        while (same < Math.min(before.size(), now.size())
                && last + before.get(same).steps() <= step
                && before.get(same).equals(now.get(same))) {
            last += before.get(same++).steps();
        }
        return same;
    }

    private static void look(String pointer, RunSpec parent, int begun, boolean within, List<FieldError> mistakes) {
        Matcher in = IN_STAGE.matcher(pointer);
        if (!in.matches()) {
            boolean single = parent.stages().isEmpty();
            if (!FREE.matcher(pointer).matches() && !(single && fits(pointer, pointer, parent.tasks(), mistakes))) {
                refuse(pointer, mistakes);
            }
            return;
        }
        int stage = Integer.parseInt(in.group(1));
        if (stage >= begun) {
            return; // nothing of it has happened
        }
        if (stage < begun - 1 || !within) {
            mistakes.add(
                    new FieldError(
                            pointer,
                            "is of a stage that is finished where the fork begins; leave it as it is, or fork from the weights"));
            return;
        }
        String below = in.group(2) == null ? "" : in.group(2);
        if (!fits(below, pointer, parent.stages().get(stage).tasks(), mistakes)) {
            refuse(pointer, mistakes);
        }
    }

    private static void refuse(String pointer, List<FieldError> mistakes) {
        mistakes.add(new FieldError(
                pointer, "is another one, which the state does not fit; leave it as it is, or fork from the weights"));
    }

    /**
     * @param below the pointer within the stage
     * @return whether it may change, or the mistake has been told
     */
    private static boolean fits(String below, String pointer, List<RunSpec.Task> tasks, List<FieldError> mistakes) {
        if (!FREE_OF_STAGE.matcher(below).matches()) {
            return false;
        }
        if (JUDGES.matcher(below).matches()
                && tasks.get(Integer.parseInt(below.split("/")[2]))
                        .method()
                        .needs()
                        .contains(Need.BASELINE_VERDICTS)) {
            mistakes.add(new FieldError(
                    pointer,
                    "is another one, but the state has the judges' verdicts on baseline completions, which this"
                            + " method trains on; leave it as it is, or fork from the weights"));
        }
        return true;
    }

    /** The stages of which something has happened up to a step. */
    private static int begun(RunSpec parent, int step) {
        int begun = 0;
        int last = 0;
        while (begun < parent.stages().size() && last < step) {
            last += parent.stages().get(begun++).steps();
        }
        return begun;
    }

    private static int stepsBefore(RunSpec parent, int stage) {
        return parent.stages().stream().limit(stage).mapToInt(Stage::steps).sum();
    }

    /** Whether the last one of these goes on after it. */
    private static boolean isWithin(RunSpec parent, int step) {
        return stepsBefore(parent, begun(parent, step)) > step;
    }

    private static List<FieldError> namesThatMoved(JsonNode before, JsonNode patched, RunSpec parent, int begun) {
        if (parent.stages().isEmpty()) {
            return namesThatMoved("", before, patched);
        }
        List<String> stages = names(before.path("stages")).subList(0, begun);
        List<String> now = names(patched.path("stages"));
        if (now.size() < begun || !now.subList(0, begun).equals(stages)) {
            return List.of(new FieldError(
                    "/stages",
                    "are " + now + ", must begin with " + stages
                            + ", of which the state is; fork from the weights for other ones"));
        }
        if (begun == 0) {
            return List.of();
        }
        String last = "/stages/" + (begun - 1);
        return namesThatMoved(last, before.at(last), patched.at(last));
    }

    private static List<FieldError> namesThatMoved(String at, JsonNode before, JsonNode patched) {
        List<String> tasks = names(before.path("tasks"));
        List<String> now = names(patched.path("tasks"));
        return now.equals(tasks)
                ? List.of()
                : List.of(new FieldError(
                        at + "/tasks",
                        "are " + now + ", must be " + tasks
                                + " in this order, for the state has the place of each; set a task's weight to 0 to let it"
                                + " rest, or fork from the weights"));
    }

    private static List<String> names(JsonNode named) {
        return StreamSupport.stream(named.spliterator(), false)
                .map(each -> each.path("name").asString(""))
                .toList();
    }
}
