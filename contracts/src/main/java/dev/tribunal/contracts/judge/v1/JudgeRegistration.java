package dev.tribunal.contracts.judge.v1;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of a judge that is a service of its own. Versions are immutable.
 *
 * @param contract {@code judge/v1}; may be left out with an adapter
 * @param endpoint may be left out only where an adapter's grader asks nobody
 * @param timeoutMs the deadline of one evaluation, retries included
 * @param fixtures items with the verdict they must get; at least one of each verdict
 * @param adapter for a server that does not speak judge/v1; default none
 */
public record JudgeRegistration(
        String name,
        String version,
        @Nullable String contract,
        @Nullable Endpoint endpoint,
        @Nullable Auth auth,
        @Nullable Integer timeoutMs,
        @Nullable Integer maxBatchItems,
        @Nullable Integer maxInFlight,
        @Nullable Retry retry,
        @Nullable Boolean deterministic,
        @Nullable List<Fixture> fixtures,
        @Nullable JudgeAdapter adapter) {

    /** A judge that is a service of its own. */
    public JudgeRegistration(
            String name,
            String version,
            @Nullable String contract,
            @Nullable Endpoint endpoint,
            @Nullable Auth auth,
            @Nullable Integer timeoutMs,
            @Nullable Integer maxBatchItems,
            @Nullable Integer maxInFlight,
            @Nullable Retry retry,
            @Nullable Boolean deterministic,
            @Nullable List<Fixture> fixtures) {
        this(
                name,
                version,
                contract,
                endpoint,
                auth,
                timeoutMs,
                maxBatchItems,
                maxInFlight,
                retry,
                deterministic,
                fixtures,
                null);
    }

    public record Endpoint(String url) {}

    /** @param secretRef the name of a secret that the judge service is configured with; never the secret itself */
    public record Auth(String mode, @Nullable String secretRef) {}

    /** @param backoff the first pause between attempts; later ones double it, with jitter */
    public record Retry(int maxAttempts, Duration backoff) {}

    public record Fixture(JudgeItem item, Verdict expect) {}
}
