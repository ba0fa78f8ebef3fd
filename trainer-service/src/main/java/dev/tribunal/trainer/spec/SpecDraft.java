package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.runs.v1.RunSpec;
import java.util.List;

/**
 * A spec as read, with its mistakes: where a field was wrong, the spec has a stand-in.
 *
 * @param mistakes in the order found
 */
record SpecDraft(RunSpec spec, List<FieldError> mistakes) {

    /** Whether what stands at a pointer was read without a mistake, so that it is worth a closer look. */
    boolean sound(String pointer) {
        return mistakes.stream().noneMatch(mistake -> contains(mistake.pointer(), pointer));
    }

    private static boolean contains(String outer, String inner) {
        return inner.equals(outer) || inner.startsWith(outer + "/");
    }
}
