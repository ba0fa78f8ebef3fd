package dev.tribunal.contracts.judge.v1.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Llm;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of a judge as the registry knows it.
 *
 * @param digest SHA-256 over all that decides its verdicts as far as the registry knows it; a run pins it
 * @param source who registered it, if not over HTTP: {@code kubernetes:NAMESPACE/SERVICE}
 * @param report what the conformance gate found; empty for judges that ship with the service
 * @param probedAt when the gate last decided
 * @param health live metrics since the service started
 * @param requires fields of an item without which it leaves the item undecided, for example {@code reference.answer};
 *     absent if it needs none
 * @param checksItems whether it can tell what is wrong with a prompt's data before there is a completion
 * @param llm the question that a judge asks a language model, word for word
 * @param contact how the judge's service was when it was last looked at; absent if it never was
 * @param canary what it last said of its fixtures, which it is asked again now and then; absent if it was not asked since
 *     the service started, or has none
 * @param drift why it is {@code drifted}, or was at last; absent if it never drifted
 * @param namespace of the team that it belongs to; {@code shared} for all
 */
public record JudgeResource(
        String name,
        String version,
        Kind kind,
        State state,
        String digest,
        @Nullable String description,
        @Nullable String url,
        @Nullable String source,
        boolean deterministic,
        int timeoutMs,
        int maxBatchItems,
        int maxInFlight,
        List<Check> report,
        @Nullable Instant probedAt,
        Health health,
        @Nullable Contact contact,
        Instant createdAt,
        @Nullable List<String> requires,
        @Nullable Boolean checksItems,
        @Nullable Llm llm,
        @Nullable Canary canary,
        @Nullable Drift drift,
        String namespace) {

    public JudgeResource {
        // An older judge service tells none.
        namespace = namespace == null ? "shared" : namespace;
    }

    public enum Kind {
        @JsonProperty("rule")
        RULE,
        @JsonProperty("llm")
        LLM,
        @JsonProperty("external")
        EXTERNAL
    }

    public enum State {
        @JsonProperty("probing")
        PROBING,
        @JsonProperty("active")
        ACTIVE,
        @JsonProperty("rejected")
        REJECTED,
        @JsonProperty("draining")
        DRAINING,
        @JsonProperty("retired")
        RETIRED,
        /** It decides its fixtures otherwise than when it was registered: its verdicts are undecided until it does not. */
        @JsonProperty("drifted")
        DRIFTED
    }

    /** One check of the conformance gate. */
    public record Check(
            String name, boolean passed, @Nullable String detail) {}

    /**
     * @param reachable whether it told its descriptor
     * @param detail what was in the way, if anything
     */
    public record Contact(boolean reachable, @Nullable String detail, Instant at) {}

    /**
     * The fixtures, asked again.
     *
     * @param asRegistered how many got the verdict that the registration expects
     * @param undecided how many got none
     */
    public record Canary(Instant at, int fixtures, int asRegistered, int undecided) {}

    /**
     * @param until when its verdicts were as registered again; absent while they are not
     * @param fixture index of a fixture in the registration
     * @param reason the judge's own words
     * @param tries how often it was asked of that fixture
     * @param differing how often it said {@code said}
     */
    public record Drift(
            Instant since,
            @Nullable Instant until,
            int fixture,
            Verdict expected,
            Verdict said,
            @Nullable String reason,
            int tries,
            int differing) {

        public Drift endedAt(Instant end) {
            return new Drift(since, end, fixture, expected, said, reason, tries, differing);
        }
    }

    /**
     * @param breaker closed, open or half_open
     * @param undecidedRate share of items, 0 when none were judged
     */
    public record Health(
            String breaker,
            long verdicts,
            double undecidedRate,
            @Nullable Double p50Ms,
            @Nullable Double p99Ms) {}
}
