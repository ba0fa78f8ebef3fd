package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.trainer.spec.References.Pinned;
import dev.tribunal.trainer.spec.References.UnusableException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks up judges that are named outside a spec, as those of a spec are. A service that is down is asked once. */
public final class JudgeLookup {

    private final References references;

    public JudgeLookup(Dependencies dependencies) {
        references = new References(dependencies);
    }

    /**
     * With its version and digest; its parameters are tried.
     *
     * @param mistakes gets what is wrong, at {@code /judge} or at {@code /parameters/NAME}
     * @return null if there are mistakes
     */
    public RunSpec.@Nullable Judge pinned(RunSpec.Judge judge, List<FieldError> mistakes) {
        try {
            Pinned pinned = references.judge(judge.judge(), judge.parameters());
            return new RunSpec.Judge(pinned.reference(), pinned.digest(), judge.parameters());
        } catch (UnusableException e) {
            for (FieldError error : e.errors("")) {
                FieldError told = error.pointer().isEmpty() ? new FieldError("/judge", error.detail()) : error;
                if (!mistakes.contains(told)) {
                    mistakes.add(told);
                }
            }
            return null;
        }
    }

    /** Whether a mistake is not its author's fault. */
    public boolean isUnreachable(FieldError mistake) {
        return references.isUnreachable(mistake);
    }
}
