package dev.tribunal.contracts.judge.v1;

import com.fasterxml.jackson.annotation.JsonCreator;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A version of a judge: a service of its own, or a question to a language model. Versions are immutable.
 *
 * @param contract {@code judge/v1}; may be left out with another protocol or a question
 * @param endpoint of a judge that is a service of its own; may be left out where a grader asks no server
 * @param timeoutMs the deadline of one evaluation, retries included
 * @param fixtures items with the verdict they must get; at least one of each verdict
 * @param adapter for a server that does not speak judge/v1; default none
 * @param llm of a judge that asks a language model, in place of an endpoint; default none
 */
public record JudgeRegistration(
        @Pattern(regexp = JudgeRegistration.NAME) String name,
        @Pattern(regexp = JudgeRegistration.VERSION) String version,
        @Nullable String contract,
        @Nullable Endpoint endpoint,
        @Nullable Auth auth,

        @Min(1) @Max(JudgeRegistration.MAX_TIMEOUT_MS) @Nullable
        Integer timeoutMs,

        @Min(1) @Max(JudgeRegistration.MAX_BATCH_ITEMS) @Nullable
        Integer maxBatchItems,

        @Min(1) @Max(JudgeRegistration.MAX_IN_FLIGHT) @Nullable
        Integer maxInFlight,

        @Nullable Retry retry,
        @Nullable Boolean deterministic,
        @Nullable List<Fixture> fixtures,
        @Nullable JudgeProtocol adapter,
        @Nullable Llm llm) {

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
                null,
                null);
    }

    public static final String NAME = "[a-z0-9][a-z0-9-]{0,62}";
    public static final String VERSION = "[A-Za-z0-9][A-Za-z0-9._-]{0,31}";
    public static final int MAX_TIMEOUT_MS = 600_000;
    public static final int MAX_BATCH_ITEMS = 1_024;
    public static final int MAX_IN_FLIGHT = 256;
    public static final int MAX_ATTEMPTS = 10;
    public static final int DEFAULT_TIMEOUT_MS = 10_000;
    public static final int DEFAULT_MAX_BATCH_ITEMS = 64;

    public record Endpoint(String url) {}

    /** @param secretRef the name of a secret that the judge service is configured with; never the secret itself */
    public record Auth(String mode, @Nullable String secretRef) {}

    /** @param backoff the first pause between attempts; later ones double it, with jitter */
    public record Retry(@Min(1) @Max(MAX_ATTEMPTS) int maxAttempts, Duration backoff) {}

    public record Fixture(JudgeItem item, Verdict expect) {}

    /**
     * A question about a completion whose answer is one of two tokens. As the registry shows it, everything is filled
     * in.
     *
     * @param template {@code NAME@VERSION} of a question that ships, see {@code GET /v1/judge-templates}
     * @param question the question itself, in place of a template: {@code {completion}} and perhaps {@code {prompt}}
     *     and {@code {reference}} are filled in, and {@code {fence}} with a line that none of them contains
     * @param raw whether the question is sent as it stands, without the model's chat template; default false
     * @param satisfied the reply that is good, one token; default the template's
     * @param violated the reply that is bad, one token; default the template's
     * @param threshold satisfied from this share of the satisfied token's probability on; default 0.5
     * @param maxCharacters of a whole question: an item with a longer one is undecided; default 100000
     */
    public record Llm(
            @Nullable String template,
            @Nullable String question,
            @Nullable Boolean raw,
            @Nullable String satisfied,
            @Nullable String violated,
            @Nullable Double threshold,
            @Nullable Integer maxCharacters,
            LlmModel model) {}

    /**
     * The language model that is asked: a checkpoint, or a server. One that is a checkpoint may be written as its
     * reference alone.
     *
     * @param checkpoint {@code hf:DIRECTORY}
     * @param digest of the checkpoint, filled in at registration
     * @param url base URL of an OpenAI-compatible server
     * @param name of the model on the server
     * @param secretRef the name of a secret that the judge service is configured with: the server's API key
     * @param topLogProbs how many of the likeliest tokens the server is asked for, 2 to 20; default 20
     * @param options further fields of each request to the server, for example {@code chat_template_kwargs} that keep a
     *     model from thinking first; default none
     */
    public record LlmModel(
            @Nullable String checkpoint,
            @Nullable String digest,
            @Nullable String url,
            @Nullable String name,
            @Nullable String secretRef,
            @Min(2) @Max(20) @Nullable Integer topLogProbs,
            @Nullable Map<String, Object> options) {

        /** A checkpoint on the judge service's own machine. */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public static LlmModel of(String checkpoint) {
            return new LlmModel(checkpoint, null, null, null, null, null, null);
        }

        @JsonCreator
        public LlmModel {}
    }
}
