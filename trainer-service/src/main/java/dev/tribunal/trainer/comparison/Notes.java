package dev.tribunal.trainer.comparison;

import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Arm;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Note;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.SeedRun;
import dev.tribunal.contracts.runs.v1.run.RunState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What a reader should know before comparing. */
final class Notes {

    private Notes() {}

    static List<Note> of(List<Arm> arms, String base, Set<String> otherPrompts) {
        List<Note> notes = new ArrayList<>();
        List<SeedRun> all = arms.stream().flatMap(arm -> arm.runs().stream()).toList();
        long running = all.stream().filter(run -> !run.state().terminal()).count();
        if (running > 0) {
            notes.add(new Note(
                    "not-ended",
                    running + " of " + all.size() + " runs have not ended; results are of those that have."));
        }
        for (Arm arm : arms) {
            addFailures(arm, notes);
            addDoubts(arm, notes);
        }
        if (arms.stream().map(Arm::samples).filter(Objects::nonNull).distinct().count() > 1) {
            notes.add(new Note(
                    "unequal-samples",
                    "The arms did not have the same budget of samples: completions sampled in training, the mean of a run, are "
                            + arms.stream()
                                    .filter(arm -> arm.samples() != null)
                                    .map(arm -> String.format(Locale.ROOT, "%s %.0f", arm.name(), arm.samples()))
                                    .collect(Collectors.joining(", "))
                            + "."));
        }
        if (arms.stream().allMatch(arm -> count(arm, run -> run.state() == RunState.SUCCEEDED) <= 1)
                && all.stream().anyMatch(run -> run.state() == RunState.SUCCEEDED)) {
            notes.add(new Note(
                    "one-seed",
                    "No arm has more than one run that has succeeded: intervals are over prompts alone and say nothing of"
                            + " other seeds."));
        }
        if (!otherPrompts.isEmpty()) {
            notes.add(new Note(
                    "other-prompts",
                    "There is no difference to " + base + " on " + String.join(", ", otherPrompts)
                            + " where the held-out prompts are others."));
        }
        return notes;
    }

    private static void addFailures(Arm arm, List<Note> notes) {
        List<SeedRun> failed = arm.runs().stream()
                .filter(run -> run.state() == RunState.FAILED || run.state() == RunState.CANCELLED)
                .toList();
        if (!failed.isEmpty()) {
            notes.add(new Note(
                    "failed",
                    arm.name() + ": " + failed.size() + " of " + arm.runs().size() + " runs did not succeed; seed "
                            + failed.getFirst().seed() + " ("
                            + failed.getFirst().run() + "): "
                            + (failed.getFirst().terminalReason() == null
                                    ? "no reason was given"
                                    : failed.getFirst().terminalReason())));
        }
    }

    private static void addDoubts(Arm arm, List<Note> notes) {
        long idle = count(arm, run -> run.stepsWithoutUpdate() > 0);
        Set<String> alarms = arm.runs().stream()
                .flatMap(run -> run.alarms().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> doubts = new ArrayList<>();
        if (idle > 0) {
            doubts.add("steps that changed nothing in " + idle + " of "
                    + arm.runs().size() + " runs");
        }
        if (!alarms.isEmpty()) {
            doubts.add("alarms in " + count(arm, run -> !run.alarms().isEmpty()) + " of "
                    + arm.runs().size() + " runs (" + String.join(", ", alarms) + ")");
        }
        if (!doubts.isEmpty()) {
            notes.add(new Note("doubtful", arm.name() + ": " + String.join("; ", doubts) + "."));
        }
    }

    private static long count(Arm arm, Predicate<SeedRun> which) {
        return arm.runs().stream().filter(which).count();
    }
}
