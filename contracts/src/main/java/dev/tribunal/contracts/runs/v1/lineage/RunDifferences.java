package dev.tribunal.contracts.runs.v1.lineage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What differs between the resolved specs of two runs.
 *
 * @param run the first run's id
 * @param other the second run's id
 * @param differences in the order of the specs
 */
public record RunDifferences(String run, String other, List<Difference> differences) {

    /**
     * A value that is another one. Elements of lists are told apart by their names, where they have names.
     *
     * @param pointer JSON pointer into the second spec; into the first one for what the second has not
     * @param value of the first run; absent where it has none
     * @param otherValue of the second run; absent where it has none
     */
    public record Difference(
            String pointer,
            @Nullable Object value,
            @Nullable Object otherValue) {}
}
