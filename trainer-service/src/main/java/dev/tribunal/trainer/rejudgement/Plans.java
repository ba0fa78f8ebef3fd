package dev.tribunal.trainer.rejudgement;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementRequest;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.TaskJudge;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.servicekit.error.Suggestion;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.spec.Dependencies;
import dev.tribunal.trainer.spec.ReferenceLookup;
import dev.tribunal.trainer.spec.ReferenceLookup.FoundJudge;
import dev.tribunal.trainer.store.RunEntity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds out which judge is asked about the completions of each task, and in whose place. */
@Component
public final class Plans {

    private final Dependencies dependencies;

    Plans(Dependencies dependencies) {
        this.dependencies = dependencies;
    }

    /** @param judges by {@link #key} */
    public record Plan(RejudgementRequest request, Map<String, TaskJudge> judges) {}

    /** How a task is known: by its name, in a run of several stages after the stage's. */
    static String key(RunSpec spec, String stage, String task) {
        return spec.stages().isEmpty() ? task : stage + "/" + task;
    }

    /** @throws TribunalException with all mistakes */
    public Plan plan(RunEntity run, String body, String contentType) {
        Input<RejudgementRequest> input =
                InputReader.read(RejudgementRequest.class, InputTree.parse(body, contentType));
        refuse(input.mistakes(), TrainerError.INVALID_REJUDGEMENT);
        RejudgementRequest request = input.required();
        RunSpec spec = run.spec();
        List<FieldError> mistakes = new ArrayList<>();
        checkNames(spec, request, mistakes);
        ReferenceLookup lookup = new ReferenceLookup(dependencies);
        Map<RunSpec.Judge, RunSpec.Judge> pinned = new LinkedHashMap<>();
        Map<String, TaskJudge> judges = new LinkedHashMap<>();
        String replaced = name(request.replaces() == null ? request.judge() : request.replaces());
        // Tasks without the judge are left alone, unless none has it: then it is tried as a new constraint.
        boolean anywhere = sampled(spec)
                .filter(task -> isWanted(task, request))
                .anyMatch(task -> find(task.judges(), replaced) != null);
        for (Stage stage : spec.allStages()) {
            for (RunSpec.Task task : stage.tasks()) {
                if (isWanted(task, request) && (!anywhere || find(task.judges(), replaced) != null)) {
                    TaskJudge judge = judge(
                            task,
                            spec,
                            request,
                            wanted -> pinned.computeIfAbsent(wanted, unknown -> {
                                FoundJudge found = lookup.judge(unknown, "/judge", "", mistakes);
                                return found == null ? null : found.judge();
                            }));
                    judges.put(key(spec, stage.name(), task.name()), judge);
                }
            }
        }
        refuse(
                mistakes,
                mistakes.stream().anyMatch(lookup::isUnreachable)
                        ? TrainerError.DEPENDENCY_UNREACHABLE
                        : TrainerError.INVALID_REJUDGEMENT);
        return new Plan(request, judges);
    }

    private static boolean isWanted(RunSpec.Task task, RejudgementRequest request) {
        return task.samples() && (request.task() == null || request.task().equals(task.name()));
    }

    private static void checkNames(RunSpec spec, RejudgementRequest request, List<FieldError> mistakes) {
        TreeSet<String> tasks = new TreeSet<>();
        TreeSet<String> judges = new TreeSet<>();
        sampled(spec).forEach(task -> {
            tasks.add(task.name());
            task.judges().forEach(judge -> judges.add(name(judge.judge())));
        });
        if (tasks.isEmpty()) {
            mistakes.add(new FieldError("", "asks for completions, but the run samples none"));
        } else if (request.task() != null && !tasks.contains(request.task())) {
            mistakes.add(new FieldError(
                    "/task",
                    "is '" + request.task() + "', which no task is called that samples"
                            + Suggestion.of(request.task(), tasks)));
        }
        if (request.replaces() != null && !judges.contains(name(request.replaces()))) {
            mistakes.add(new FieldError(
                    "/replaces",
                    "is '" + request.replaces() + "', which no judge of the run is called"
                            + Suggestion.of(request.replaces(), judges)));
        }
    }

    private static Stream<RunSpec.Task> sampled(RunSpec spec) {
        return spec.allStages().stream()
                .flatMap(stage -> stage.tasks().stream())
                .filter(RunSpec.Task::samples);
    }

    /** Gives a judge its digest. */
    private interface Pinning {
        RunSpec.@Nullable Judge pinned(RunSpec.Judge wanted);
    }

    private static TaskJudge judge(RunSpec.Task task, RunSpec spec, RejudgementRequest request, Pinning pinning) {
        String wanted = name(request.judge());
        RunSpec.Judge same = find(task.judges(), wanted);
        RunSpec.Judge replaced = request.replaces() == null ? same : find(task.judges(), name(request.replaces()));
        String versioned = request.judge().contains("@")
                ? request.judge()
                : sampled(spec)
                        .map(each -> find(each.judges(), wanted))
                        .filter(found -> found != null)
                        .map(RunSpec.Judge::judge)
                        .findFirst()
                        .orElse(request.judge());
        if (same != null && !request.judge().contains("@")) {
            versioned = same.judge();
        }
        Map<String, Object> parameters = new LinkedHashMap<>(same == null ? Map.of() : same.parameters());
        parameters.putAll(request.parameters());
        String instead = replaced == null ? null : replaced.judge();
        if (request.threshold() != null
                && replaced != null
                && replaced.judge().equals(versioned)
                && replaced.parameters().equals(parameters)) {
            return new TaskJudge(versioned, replaced.digest(), parameters, instead, false);
        }
        RunSpec.Judge asked = new RunSpec.Judge(versioned, null, parameters);
        RunSpec.Judge found = pinning.pinned(asked);
        return found == null
                ? new TaskJudge(versioned, null, parameters, instead, true)
                : new TaskJudge(found.judge(), found.digest(), parameters, instead, true);
    }

    private static RunSpec.@Nullable Judge find(List<RunSpec.Judge> judges, String name) {
        return judges.stream()
                .filter(judge -> name(judge.judge()).equals(name))
                .findFirst()
                .orElse(null);
    }

    private static String name(String versioned) {
        return versioned.split("@", 2)[0];
    }

    private static void refuse(List<FieldError> mistakes, TrainerError error) {
        if (!mistakes.isEmpty()) {
            throw new TribunalException(
                    error,
                    mistakes.size() == 1
                            ? "The rejudgement has a mistake."
                            : "The rejudgement has " + mistakes.size() + " mistakes.",
                    mistakes);
        }
    }
}
