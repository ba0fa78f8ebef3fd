package dev.tribunal.judge.registry;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.JudgeRegistration.Auth;
import dev.tribunal.contracts.judge.v1.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.JudgeRegistration.Retry;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.judge.protocols.ProtocolCheck;
import dev.tribunal.servicekit.outbound.AddressGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All mistakes of a registration at once. What came over HTTP may be absent, whatever its type says. */
final class RegistrationCheck {

    static final String LATEST = "latest";

    private static final Pattern NAME = Pattern.compile(JudgeRegistration.NAME);
    private static final Pattern VERSION = Pattern.compile(JudgeRegistration.VERSION);
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(1);

    private final JudgeRegistration registration;
    private final List<FieldError> errors = new ArrayList<>();

    private RegistrationCheck(JudgeRegistration registration) {
        this.registration = registration;
    }

    /** @param questions what is wrong with a question, pointers from its root */
    static List<FieldError> errors(
            JudgeRegistration registration,
            AddressGuard guard,
            RegistryProperties properties,
            Function<Llm, List<FieldError>> questions) {
        RegistrationCheck check = new RegistrationCheck(registration);
        check.identity();
        if (registration.llm() != null) {
            check.question(registration.llm(), questions, properties);
        } else {
            check.endpoint(guard);
            check.adapter();
            check.auth(properties);
        }
        check.limits();
        check.fixtures();
        return check.errors;
    }

    private void question(Llm llm, Function<Llm, List<FieldError>> questions, RegistryProperties properties) {
        if (registration.endpoint() != null) {
            add("/endpoint", "must be left out with llm: llm.model names the server that is asked");
        }
        if (registration.auth() != null) {
            add("/auth", "must be left out with llm: llm.model.secretRef names the server's key");
        }
        if (registration.adapter() != null) {
            add("/adapter", "must be left out with llm");
        }
        for (FieldError error : questions.apply(llm)) {
            add("/llm" + error.pointer(), error.detail());
        }
        if (llm.model() != null && llm.model().secretRef() != null) {
            secret("/llm/model/secretRef", llm.model().secretRef(), llm.model().url(), properties);
        }
    }

    private void identity() {
        if (registration.name() == null || !NAME.matcher(registration.name()).matches()) {
            add(
                    "/name",
                    "is " + quoted(registration.name())
                            + ", must be 1 to 63 lower case letters, digits and dashes, for example math-verify");
        }
        if (registration.version() == null
                || !VERSION.matcher(registration.version()).matches()
                || registration.version().equals(LATEST)) {
            add(
                    "/version",
                    "is " + quoted(registration.version())
                            + ", must be 1 to 32 letters, digits, dots and dashes, for example 1.4.0, and not"
                            + " 'latest'");
        }
        boolean leftOut =
                registration.contract() == null && (registration.adapter() != null || registration.llm() != null);
        if (!leftOut && !JudgeApi.CONTRACT.equals(registration.contract())) {
            add("/contract", "is " + quoted(registration.contract()) + ", must be '" + JudgeApi.CONTRACT + "'");
        }
    }

    private void endpoint(AddressGuard guard) {
        if (registration.adapter() != null && !ProtocolCheck.needsEndpoint(registration.adapter())) {
            if (registration.endpoint() != null) {
                add("/endpoint", "must be left out: the grader is worked out in the judge service");
            }
            return;
        }
        String objection = guard.objection(
                registration.endpoint() == null ? null : registration.endpoint().url());
        if (objection != null) {
            add("/endpoint/url", objection);
        }
    }

    private void adapter() {
        if (registration.adapter() != null) {
            for (FieldError error : ProtocolCheck.errors(registration.adapter())) {
                add("/adapter" + error.pointer(), error.detail());
            }
        }
    }

    private void auth(RegistryProperties properties) {
        Auth auth = registration.auth();
        if (auth == null) {
            return;
        }
        switch (auth.mode()) {
            case "none" -> {
                if (auth.secretRef() != null) {
                    add("/auth/secretRef", "must be left out with mode none");
                }
            }
            case "bearer" -> {
                JudgeRegistration.Endpoint endpoint = registration.endpoint();
                secret("/auth/secretRef", auth.secretRef(), endpoint == null ? null : endpoint.url(), properties);
            }
            case null, default -> add("/auth/mode", "is " + quoted(auth.mode()) + ", must be 'none' or 'bearer'");
        }
    }

    private void secret(String pointer, @Nullable String name, @Nullable String url, RegistryProperties properties) {
        if (name == null || name.isBlank()) {
            add(pointer, "is missing; name a secret that the judge service is configured with");
            return;
        }
        String objection = properties.named().objection(name, url);
        if (objection != null) {
            add(pointer, objection);
        }
    }

    private void limits() {
        within("/timeoutMs", registration.timeoutMs(), JudgeRegistration.MAX_TIMEOUT_MS);
        within(
                "/maxBatchItems",
                registration.maxBatchItems(),
                registration.adapter() == null
                        ? JudgeRegistration.MAX_BATCH_ITEMS
                        : ProtocolCheck.mostBatchItems(registration.adapter(), JudgeRegistration.MAX_BATCH_ITEMS));
        within("/maxInFlight", registration.maxInFlight(), JudgeRegistration.MAX_IN_FLIGHT);
        Retry retry = registration.retry();
        if (retry != null) {
            within("/retry/maxAttempts", retry.maxAttempts(), JudgeRegistration.MAX_ATTEMPTS);
            Duration backoff = retry.backoff();
            if (backoff == null || backoff.isNegative() || backoff.compareTo(MAX_BACKOFF) > 0) {
                add("/retry/backoff", "is " + backoff + ", must be PT0S to " + MAX_BACKOFF + ", for example PT0.2S");
            }
        }
    }

    private void fixtures() {
        List<Fixture> fixtures = registration.fixtures() == null ? List.of() : registration.fixtures();
        // A protocol's fixtures are put to its server in as many requests as it takes.
        int most = registration.adapter() != null || registration.maxBatchItems() == null
                ? Registration.DEFAULT_MAX_BATCH_ITEMS
                : registration.maxBatchItems();
        if (fixtures.size() > most) {
            add("/fixtures", "holds " + fixtures.size() + " fixtures, more than maxBatchItems, " + most);
        }
        for (Verdict needed : List.of(Verdict.SATISFIED, Verdict.VIOLATED)) {
            if (fixtures.stream().noneMatch(fixture -> fixture != null && fixture.expect() == needed)) {
                add(
                        "/fixtures",
                        "must hold at least one that expects " + needed.name().toLowerCase(Locale.ROOT));
            }
        }
        for (int i = 0; i < fixtures.size(); i++) {
            Fixture fixture = fixtures.get(i);
            if (fixture == null || fixture.expect() == null) {
                add("/fixtures/" + i + "/expect", "is missing");
            }
            if (fixture == null
                    || fixture.item() == null
                    || fixture.item().completion() == null
                    || fixture.item().completion().text() == null) {
                add("/fixtures/" + i + "/item/completion/text", "is missing");
            }
        }
    }

    private void within(String pointer, @Nullable Integer value, int most) {
        if (value != null && (value < 1 || value > most)) {
            add(pointer, "is " + value + ", must be 1 to " + most);
        }
    }

    private void add(String pointer, String detail) {
        errors.add(new FieldError(pointer, detail));
    }

    private static String quoted(@Nullable String value) {
        return value == null ? "missing" : "'" + value + "'";
    }
}
