package dev.tribunal.contracts.access.v1;

import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An access token to be.
 *
 * @param name by which it is known ever after, also in the audit log
 * @param roles what it may do; several add up
 * @param namespaces whose runs, judges and reward models it sees and changes, the first of them those that it creates go
 *     into; {@code *} alone for all, which then is {@code default}
 * @param validFor how long it lets in, for example {@code P90D}; until it is revoked if it is left out
 * @param requestsPerSecond more are answered 429; the platform's own limit if it is left out
 */
public record AccessTokenRequest(
        @Pattern(regexp = "[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")
        String name,

        @Size(min = 1, max = 4) List<Role> roles,
        @Default("[\"default\"]") @Size(min = 1, max = 100) List<String> namespaces,
        @Nullable Duration validFor,
        @Min(1) @Max(100_000) @Nullable Integer requestsPerSecond)
        implements Checked {

    /** Of a namespace's name. */
    public static final String NAMESPACE = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

    /** All namespaces. */
    public static final String ALL = "*";

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(3650);

    @Override
    public void check(Findings findings) {
        for (int i = 0; i < namespaces.size(); i++) {
            String namespace = namespaces.get(i);
            if (!namespace.matches(NAMESPACE) && !namespace.equals(ALL)) {
                findings.mistake(
                        "/namespaces/" + i,
                        "is '" + namespace + "', must be small letters, digits and hyphens, at most 63, or " + ALL);
            } else if (namespace.equals(ALL) && namespaces.size() > 1) {
                findings.mistake("/namespaces/" + i, "is " + ALL + ", which stands for all and must stand alone");
            }
        }
        if (validFor != null
                && findings.sound("/validFor")
                && (validFor.compareTo(SHORTEST) < 0 || validFor.compareTo(LONGEST) > 0)) {
            findings.mistake("/validFor", "is " + validFor + ", must be from PT1S to P3650D");
        }
    }
}
