package dev.tribunal.judge.registration;

import dev.tribunal.contracts.judge.v1.JudgeProtocol;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Auth;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Retry;
import dev.tribunal.judge.fanout.JudgeLimits;
import dev.tribunal.judge.protocols.ProtocolCheck;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.json.CanonicalJson;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A checked registration, its defaults filled in.
 *
 * @param url absent for a grader that asks nobody
 */
public record Registration(
        String name,
        String version,
        @Nullable String url,
        @Nullable String secretRef,
        JudgeLimits limits,
        boolean deterministic,
        List<Fixture> fixtures,
        @Nullable JudgeProtocol adapter,
        @Nullable Llm llm) {

    static final int DEFAULT_TIMEOUT_MS = JudgeRegistration.DEFAULT_TIMEOUT_MS;
    static final int DEFAULT_LLM_TIMEOUT_MS = 120_000;
    static final int DEFAULT_MAX_BATCH_ITEMS = JudgeRegistration.DEFAULT_MAX_BATCH_ITEMS;
    static final int DEFAULT_MAX_IN_FLIGHT = 8;
    static final Retry DEFAULT_RETRY = new Retry(3, Duration.ofMillis(200));

    /** Of a judge that does not ask a language model. */
    public static Registration of(JudgeRegistration given) {
        return of(given, null);
    }

    /** @param llm the registration's question, resolved */
    public static Registration of(JudgeRegistration given, @Nullable Llm llm) {
        Retry retry = given.retry() == null ? DEFAULT_RETRY : given.retry();
        Auth auth = given.auth();
        return new Registration(
                given.name(),
                given.version(),
                given.endpoint() == null ? null : given.endpoint().url(),
                llm != null ? llm.model().secretRef() : auth == null ? null : auth.secretRef(),
                new JudgeLimits(
                        Duration.ofMillis(
                                or(given.timeoutMs(), llm == null ? DEFAULT_TIMEOUT_MS : DEFAULT_LLM_TIMEOUT_MS)),
                        or(given.maxBatchItems(), defaultBatchItems(given)),
                        or(given.maxInFlight(), DEFAULT_MAX_IN_FLIGHT),
                        retry.maxAttempts(),
                        retry.backoff()),
                given.deterministic() == null || given.deterministic(),
                given.fixtures() == null ? List.of() : List.copyOf(given.fixtures()),
                given.adapter(),
                llm);
    }

    private static int defaultBatchItems(JudgeRegistration given) {
        return given.adapter() == null ? DEFAULT_MAX_BATCH_ITEMS : ProtocolCheck.defaultBatchItems(given.adapter());
    }

    public String canonicalJson() {
        return CanonicalJson.ofGiven(this);
    }

    public String digest() {
        return sha256(canonicalJson());
    }

    public static Registration fromJson(String json) {
        return JsonMapper.shared().readValue(json, Registration.class);
    }

    public static String sha256(String text) {
        return "sha256:" + Sha256.hex(text);
    }

    private static int or(@Nullable Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }
}
