package dev.tribunal.trainer.api;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRequest;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRuns;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRuns.ArmRun;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.comparison.ArmSpecs;
import dev.tribunal.trainer.comparison.ArmSpecs.Written;
import dev.tribunal.trainer.comparison.ComparedRuns;
import dev.tribunal.trainer.spec.SpecResolver.Resolved;
import dev.tribunal.trainer.store.Columns;
import dev.tribunal.trainer.store.RunAction;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Makes the runs of comparisons. */
@Component
final class ComparisonCreation {

    private final RunCreation creation;
    private final ComparedRuns comparedRuns;
    private final RunStore runs;

    ComparisonCreation(RunCreation creation, ComparedRuns comparedRuns, RunStore runs) {
        this.creation = creation;
        this.comparedRuns = comparedRuns;
        this.runs = runs;
    }

    /** An arm whose spec is checked. */
    private record Checked(String name, Resolved resolved) {}

    /** @throws TribunalException with all mistakes of the comparison and of the specs of its arms */
    ComparisonRuns create(String body, String contentType, boolean dryRun) {
        JsonNode written = InputTree.parse(body, contentType);
        Input<ComparisonRequest> input = InputReader.read(ComparisonRequest.class, written);
        refuse(input.mistakes());
        ComparisonRequest request = input.required();
        List<Checked> arms = checked(written);
        List<RunEntity> there = own(comparedRuns.runs(request.name()));
        List<Planned> planned = new ArrayList<>();
        // Seed by seed, so that what is interrupted has all arms of some seeds.
        for (long seed = 1; seed <= request.seeds(); seed++) {
            for (Checked arm : arms) {
                planned.add(planned(request.name(), arm, seed, there));
            }
        }
        requireRoom(planned);
        return new ComparisonRuns(
                request.name(), planned.stream().map(run -> done(run, dryRun)).toList());
    }

    /** By the first one: arms start from one policy, as a rule. */
    private void requireRoom(List<Planned> planned) {
        List<Planned> missing = planned.stream().filter(run -> run.same == null).toList();
        String lack = missing.isEmpty() ? null : creation.lack(missing.getFirst().spec, missing.size());
        if (lack != null) {
            refuse(List.of(new FieldError("/seeds", "makes too many runs for the disk: " + lack)));
        }
    }

    private List<Checked> checked(JsonNode written) {
        Set<FieldError> mistakes = new LinkedHashSet<>();
        List<FieldError> ofPaths = new ArrayList<>();
        List<Written> arms = ArmSpecs.written(written, ofPaths);
        refuse(ofPaths);
        List<Checked> checked = new ArrayList<>();
        for (Written arm : arms) {
            try {
                checked.add(new Checked(
                        arm.name(), creation.resolved(arm.spec().toString(), MediaType.APPLICATION_JSON_VALUE)));
            } catch (TribunalException refused) {
                if (refused.code() != TrainerError.INVALID_SPEC) {
                    throw refused;
                }
                mistakes.addAll(ArmSpecs.placed(arm, written, refused.errors()));
            }
        }
        refuse(List.copyOf(mistakes));
        return checked;
    }

    private Planned planned(String comparison, Checked arm, long seed, List<RunEntity> there) {
        RunSpec spec = ArmSpecs.ofSeed(arm.resolved.spec(), comparison, arm.name, seed);
        List<RunEntity> ofSeed = there.stream()
                .filter(run -> ComparedRuns.arm(run).equals(arm.name) && Objects.equals(ComparedRuns.seed(run), seed))
                .toList();
        RunEntity same = ofSeed.reversed().stream()
                .filter(run -> run.state() != RunState.CANCELLED
                        && run.state() != RunState.CANCELLING
                        && ArmSpecs.same(run.spec(), spec))
                .findFirst()
                .orElse(null);
        return new Planned(
                arm, seed, spec, same, ofSeed.isEmpty() ? "" : ofSeed.getLast().id());
    }

    /**
     * @param same the run that is there already; absent if it is to be created
     * @param newest the id of the newest run of the arm and seed; empty if there is none
     */
    private record Planned(
            Checked arm, long seed, RunSpec spec, @Nullable RunEntity same, String newest) {}

    private ArmRun done(Planned planned, boolean dryRun) {
        RunEntity run = planned.same != null || dryRun
                ? planned.same
                : created(planned.spec, planned.arm.resolved, planned.newest);
        return new ArmRun(
                planned.arm.name,
                planned.seed,
                run == null ? null : run.id(),
                run == null ? null : run.state(),
                planned.same == null,
                ArmSpecs.samples(planned.spec));
    }

    /**
     * @param newest of the runs of the arm and seed: two that ask at the same time make one run, and a later one makes another,
     *     whatever has been deleted
     */
    private RunEntity created(RunSpec spec, Resolved resolved, String newest) {
        String digest = Sha256.hex(Columns.json(spec));
        String key = "comparison " + digest + " " + newest;
        Resolved ofSeed = new Resolved(spec, resolved.conditions(), resolved.complete());
        try {
            return runs.create(RunEntity.created(ofSeed, key, digest));
        } catch (DataIntegrityViolationException taken) {
            return runs.byIdempotencyKey(key).orElseThrow(() -> taken);
        }
    }

    /** A comparison is its namespace's: one of the same name elsewhere, which the caller may see too, is another one. */
    private static List<RunEntity> own(List<RunEntity> runs) {
        String namespace = Caller.current().namespace();
        return runs.stream().filter(run -> run.namespace().equals(namespace)).toList();
    }

    /**
     * Cancels what has not ended.
     *
     * @throws TribunalException 404 if the caller sees none, 403 if only in other namespaces than the one it works in
     */
    ComparisonRuns cancel(String comparison) {
        List<RunEntity> seen = comparedRuns.existing(comparison);
        List<RunEntity> own = own(seen);
        if (own.isEmpty()) {
            throw new TribunalException(
                    CommonError.FORBIDDEN,
                    "The comparison '" + comparison + "' is in the namespace '"
                            + seen.getFirst().namespace() + "', and you work in '"
                            + Caller.current().namespace()
                            + "'; name it with the header Tribunal-Namespace if your token is for it.");
        }
        List<ArmRun> cancelled = new ArrayList<>();
        for (RunEntity run : own) {
            if (!run.state().terminal()) {
                RunEntity now = act(run);
                cancelled.add(new ArmRun(
                        ComparedRuns.arm(now),
                        Objects.requireNonNull(ComparedRuns.seed(now)),
                        now.id(),
                        now.state(),
                        false,
                        ArmSpecs.samples(now.spec())));
            }
        }
        return new ComparisonRuns(comparison, cancelled);
    }

    private RunEntity act(RunEntity run) {
        try {
            return runs.act(run.id(), RunAction.CANCEL);
        } catch (TribunalException endedMeanwhile) {
            if (endedMeanwhile.code() != TrainerError.ACTION_NOT_ALLOWED) {
                throw endedMeanwhile;
            }
            return runs.get(run.id());
        }
    }

    private static void refuse(List<FieldError> mistakes) {
        if (!mistakes.isEmpty()) {
            throw new TribunalException(
                    TrainerError.INVALID_COMPARISON,
                    "The comparison has "
                            + (mistakes.size() == 1
                                    ? "a mistake."
                                    : mistakes.size() + " mistakes; 'errors' names each of them."),
                    mistakes);
        }
    }
}
