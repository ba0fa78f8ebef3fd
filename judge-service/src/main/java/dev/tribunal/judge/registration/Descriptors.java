package dev.tribunal.judge.registration;

import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether what answers under a URL is still the judge that the gate let pass. */
public final class Descriptors {

    private Descriptors() {}

    /** What is another than it was; null if nothing is. The description is prose, and may become better. */
    public static @Nullable String difference(JudgeDescriptor accepted, JudgeDescriptor now) {
        List<String> differences = new ArrayList<>();
        compare(differences, "name", accepted.name(), now.name());
        compare(differences, "version", accepted.version(), now.version());
        compare(differences, "contract", accepted.contract(), now.contract());
        compare(differences, "deterministic", accepted.deterministic(), now.deterministic());
        compare(differences, "maxBatchItems", accepted.maxBatchItems(), now.maxBatchItems());
        compare(differences, "digest", accepted.digest(), now.digest());
        if (!Objects.equals(accepted.parameters(), now.parameters())) {
            differences.add("it takes other parameters");
        }
        return differences.isEmpty() ? null : String.join("; ", differences);
    }

    public static Check changed(String difference) {
        return new Check(
                "unchanged",
                false,
                "another judge answers under this version than the one that passed: " + difference
                        + "; register it as another version, or bring the first one back and probe");
    }

    private static void compare(
            List<String> differences, String field, @Nullable Object accepted, @Nullable Object now) {
        if (!Objects.equals(accepted, now)) {
            differences.add(field + " was " + accepted + " and is " + now);
        }
    }
}
