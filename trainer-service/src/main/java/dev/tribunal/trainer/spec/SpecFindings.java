package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.run.RunResource.Condition;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.trainer.TrainerError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is found of a spec: its mistakes, of form and of fact, and what a person should know of its run from the start. */
final class SpecFindings {

    private final Input<RunSpec> draft;
    private final List<FieldError> mistakes;
    private final List<Condition> conditions = new ArrayList<>();

    SpecFindings(Input<RunSpec> draft) {
        this.draft = draft;
        this.mistakes = new ArrayList<>(draft.mistakes());
    }

    /** Whether a field was read without a mistake; one that was not is passed over. */
    boolean sound(String pointer) {
        return draft.sound(pointer);
    }

    void throwMistakes(Predicate<FieldError> unreachable) {
        if (mistakes.isEmpty()) {
            return;
        }
        boolean onlyUnreachable = mistakes.stream().allMatch(unreachable);
        FieldError first = mistakes.getFirst();
        throw new TribunalException(
                onlyUnreachable ? TrainerError.DEPENDENCY_UNREACHABLE : TrainerError.INVALID_SPEC,
                onlyUnreachable
                        ? "The spec cannot be checked now: " + first.pointer() + " " + first.detail()
                        : mistakes.size() == 1
                                ? "The spec has a mistake: " + first.pointer() + " " + first.detail()
                                : "The spec has " + mistakes.size() + " mistakes; 'errors' names each of them.",
                mistakes);
    }

    /** Once, however many stages it is true of. */
    void tell(String type, String message) {
        if (conditions.stream().noneMatch(told -> told.type().equals(type))) {
            conditions.add(new Condition(type, message, Instant.now()));
        }
    }

    void checkDigest(String at, @Nullable String written, @Nullable String found) {
        if (written != null && draft.sound(at) && !written.equals(found)) {
            mistake(
                    at,
                    "is '" + written + "', but what it pins has the digest '" + found
                            + "' now; remove the digest to take it as it is");
        }
    }

    void mistake(String pointer, String detail) {
        mistakes.add(new FieldError(pointer, detail));
    }

    void add(FieldError found) {
        mistakes.add(found);
    }

    void addAll(Collection<FieldError> found) {
        mistakes.addAll(found);
    }

    List<Condition> conditions() {
        return List.copyOf(conditions);
    }
}
