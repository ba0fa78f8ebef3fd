package dev.tribunal.contracts.judge.v1.registry;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeProtocol;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A version of a judge: a service of its own, or a question to a language model. Versions are immutable.
 *
 * @param contract {@code judge/v1}; may be left out with another protocol or a question
 * @param endpoint of a judge that is a service of its own; may be left out where a grader asks no server
 * @param timeoutMs the deadline of one evaluation, retries included
 * @param deterministic whether it says the same of the same item; default true
 * @param fixtures items with the verdict they must get; at least one of each verdict
 * @param adapter for a server that does not speak judge/v1; default none
 * @param llm of a judge that asks a language model, in place of an endpoint; default none
 */
public record JudgeRegistration(
        @Pattern(
                regexp = JudgeRegistration.NAME,
                message = "must be 1 to 63 lower case letters, digits and dashes, for example math-verify")
        String name,

        @Pattern(regexp = JudgeRegistration.VERSION, message = JudgeRegistration.MUST_BE_VERSION)
        String version,

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
        @Nullable Llm llm)
        implements Checked {

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

    private static final String LATEST = "latest";
    private static final String MUST_BE_VERSION =
            "must be 1 to 32 letters, digits, dots and dashes, for example 1.4.0, and not 'latest'";
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(1);

    @Override
    public void check(Findings findings) {
        if (findings.sound("/version") && version.equals(LATEST)) {
            findings.mistake("/version", "is 'latest', " + MUST_BE_VERSION);
        }
        boolean leftOut = contract == null && (adapter != null || llm != null);
        if (!leftOut && findings.sound("/contract") && !JudgeApi.CONTRACT.equals(contract)) {
            findings.mistake(
                    "/contract",
                    (contract == null ? "is missing" : "is '" + contract + "'") + ", must be '" + JudgeApi.CONTRACT
                            + "'");
        }
        if (llm != null) {
            refuseWithLlm(findings);
        }
        if (findings.sound("/fixtures")) {
            checkFixtures(findings, fixtures == null ? List.of() : fixtures);
        }
    }

    private void refuseWithLlm(Findings findings) {
        if (endpoint != null) {
            findings.mistake("/endpoint", "must be left out with llm: llm.model names the server that is asked");
        }
        if (auth != null) {
            findings.mistake("/auth", "must be left out with llm: llm.model.secretRef names the server's key");
        }
        if (adapter != null) {
            findings.mistake("/adapter", "must be left out with llm");
        }
    }

    private void checkFixtures(Findings findings, List<Fixture> given) {
        // With another protocol the fixtures are put to the server in as many requests as it takes.
        int most = adapter != null || maxBatchItems == null || !findings.sound("/maxBatchItems")
                ? DEFAULT_MAX_BATCH_ITEMS
                : maxBatchItems;
        if (given.size() > most) {
            findings.mistake("/fixtures", "holds " + given.size() + " fixtures, more than maxBatchItems, " + most);
        }
        for (Verdict needed : List.of(Verdict.SATISFIED, Verdict.VIOLATED)) {
            if (given.stream().noneMatch(fixture -> fixture.expect() == needed)) {
                findings.mistake(
                        "/fixtures",
                        "must hold at least one that expects " + needed.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    public record Endpoint(String url) {}

    /**
     * How the judge is told who asks.
     *
     * @param secretRef with bearer, the name of a secret that the judge service is configured with; never the secret
     *     itself
     */
    public record Auth(AuthMode mode, @Nullable String secretRef) implements Checked {

        @Override
        public void check(Findings findings) {
            if (!findings.sound("/mode") || !findings.sound("/secretRef")) {
                return;
            }
            if (mode == AuthMode.NONE && secretRef != null) {
                findings.mistake("/secretRef", "must be left out with mode none");
            } else if (mode == AuthMode.BEARER && secretRef == null) {
                findings.mistake("/secretRef", "is missing; name a secret that the judge service is configured with");
            }
        }
    }

    public enum AuthMode {
        @JsonProperty("none")
        NONE,
        /** {@code Authorization: Bearer SECRET}. */
        @JsonProperty("bearer")
        BEARER
    }

    /** @param backoff the first pause between attempts, PT0S to PT1M; later ones double it, with jitter */
    public record Retry(@Min(1) @Max(MAX_ATTEMPTS) int maxAttempts, Duration backoff) implements Checked {

        @Override
        public void check(Findings findings) {
            if (findings.sound("/backoff") && (backoff.isNegative() || backoff.compareTo(MAX_BACKOFF) > 0)) {
                findings.mistake("/backoff", "is " + backoff + ", must be PT0S to PT1M, for example PT0.2S");
            }
        }
    }

    /** @param item whose id may be left out */
    public record Fixture(JudgeItem item, Verdict expect) {}

    /**
     * A question about a completion whose answer is one of two tokens. As the registry shows it, everything is filled
     * in.
     *
     * @param template {@code NAME@VERSION} of a question that ships, see {@code GET /v1/judge-templates}
     * @param question the question itself, in place of a template: <code>{completion}</code> and perhaps <code>{prompt}</code>
     *     and <code>{reference}</code> are filled in, and <code>{fence}</code> with a line that none of them contains
     * @param raw whether the question is sent as it stands, without the model's chat template; default false
     * @param satisfied the reply that is good, one token; default the template's
     * @param violated the reply that is bad, one token; default the template's
     * @param threshold satisfied from this share of the satisfied token's probability on; default 0.5
     * @param maxCharacters of a whole question: an item with a longer one is undecided; default 100000
     */
    public record Llm(
            @Nullable String template,
            @Size(max = 20_000) @Nullable String question,
            @Nullable Boolean raw,

            @Pattern(regexp = REPLY, message = MUST_BE_REPLY) @Nullable
            String satisfied,

            @Pattern(regexp = REPLY, message = MUST_BE_REPLY) @Nullable
            String violated,

            @Min(0) @Max(1) @Nullable Double threshold,
            @Min(1) @Max(4_000_000) @Nullable Integer maxCharacters,
            LlmModel model)
            implements Checked {

        private static final String REPLY = "(?=.*\\S).{1,64}";
        private static final String MUST_BE_REPLY = "must be one token of the model, for example Yes";

        @Override
        public void check(Findings findings) {
            if (template == null && question == null) {
                findings.mistake("/question", "is missing, and so is template, NAME@VERSION; give one of them");
            }
            if (template != null && question != null) {
                findings.mistake("/question", "must be left out with template, which has one");
            }
            if (template != null && raw != null) {
                findings.mistake("/raw", "must be left out: the template says it");
            }
            if (template == null) {
                requireReply(findings, "/satisfied", satisfied);
                requireReply(findings, "/violated", violated);
            }
        }

        private static void requireReply(Findings findings, String pointer, @Nullable String reply) {
            if (reply == null) {
                findings.mistake(pointer, "is missing; name the word that the model is to reply with");
            }
        }
    }

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
            @Nullable Map<String, Object> options)
            implements Checked {

        @Override
        public void check(Findings findings) {
            if (checkpoint == null && url == null) {
                findings.mistake("", "must be a checkpoint, hf:DIRECTORY, or a server, {url, name}");
            } else if (checkpoint == null) {
                if (name == null) {
                    findings.mistake("/name", "is missing; name the model as the server calls it");
                }
            } else {
                refuseOfServer(findings, "/url", url);
                refuseOfServer(findings, "/name", name);
                refuseOfServer(findings, "/secretRef", secretRef);
                refuseOfServer(findings, "/topLogProbs", topLogProbs);
                refuseOfServer(findings, "/options", options);
            }
        }

        private static void refuseOfServer(Findings findings, String pointer, @Nullable Object given) {
            if (given != null) {
                findings.mistake(pointer, "must be left out with checkpoint: it is a server's");
            }
        }

        /** A checkpoint on the judge service's own machine. */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public static LlmModel of(String checkpoint) {
            return new LlmModel(checkpoint, null, null, null, null, null, null);
        }

        @JsonCreator
        public LlmModel {}
    }
}
