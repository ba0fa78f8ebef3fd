package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.trainer.spec.References.Pinned;
import dev.tribunal.trainer.spec.References.UnusableException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks up judges and reward models that are named outside a spec, as those of a spec are. A service that is down is
 * asked once.
 */
public final class ReferenceLookup {

    private final References references;

    public ReferenceLookup(Dependencies dependencies) {
        references = new References(dependencies);
    }

    /**
     * A judge with its version and digest.
     *
     * @param requires fields that it needs of each prompt's line, such as {@code reference.answer}
     */
    public record FoundJudge(RunSpec.Judge judge, List<String> requires) {}

    /**
     * With its version and digest; its parameters are tried.
     *
     * @param at the pointer of the judge's name
     * @param parametersAt what stands before {@code /parameters} in the pointers of its parameters
     * @param mistakes gets what is wrong
     * @return null if there are mistakes
     */
    public @Nullable FoundJudge judge(RunSpec.Judge judge, String at, String parametersAt, List<FieldError> mistakes) {
        try {
            Pinned pinned = references.judge(judge.judge(), judge.parameters());
            return new FoundJudge(
                    new RunSpec.Judge(pinned.reference(), pinned.digest(), judge.parameters()), pinned.requires());
        } catch (UnusableException e) {
            for (FieldError error : e.errors(parametersAt)) {
                FieldError told = error.pointer().equals(parametersAt) ? new FieldError(at, error.detail()) : error;
                if (!mistakes.contains(told)) {
                    mistakes.add(told);
                }
            }
            return null;
        }
    }

    /**
     * With its version.
     *
     * @param at its pointer
     * @param mistakes gets what is wrong
     * @return null if there are mistakes
     */
    public @Nullable String rewardModel(String reference, String at, List<FieldError> mistakes) {
        try {
            return references.rewardModel(reference).reference();
        } catch (UnusableException e) {
            mistakes.addAll(e.errors(at));
            return null;
        }
    }

    /** Whether a mistake is not its author's fault. */
    public boolean isUnreachable(FieldError mistake) {
        return references.isUnreachable(mistake);
    }
}
