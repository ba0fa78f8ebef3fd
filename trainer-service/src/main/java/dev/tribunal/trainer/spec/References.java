package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreResponse.ScoreError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.Ids;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.client.RestClientException;

/** Looks up the judges and reward models that one spec names, and pins them. A service that is down is asked once. */
final class References {

    private static final String LATEST = "latest";
    private static final long DEADLINE_MS = 8000;

    private final Dependencies dependencies;
    /** Service to what is the matter with it. */
    private final Map<String, String> down = new HashMap<>();

    private final Set<String> unreachableDetails = new HashSet<>();

    References(Dependencies dependencies) {
        this.dependencies = dependencies;
    }

    /**
     * @param reference {@code NAME@VERSION}
     * @param requires fields that a judge needs of each prompt's line
     * @param checksItems whether a judge can look at prompts before there are completions
     * @param maxTokens that a reward model reads, prompt and completion together; absent where that is not known
     * @param away why it would not answer now; absent if it would, as far as that is known
     */
    record Pinned(
            String reference,
            @Nullable String digest,
            List<String> requires,
            boolean checksItems,
            @Nullable Integer maxTokens,
            @Nullable String away) {

        Pinned(String reference, @Nullable String digest) {
            this(reference, digest, List.of(), false, null, null);
        }
    }

    /** The version is asked for and its parameters are tried, with nothing to judge. */
    Pinned judge(String reference, Map<String, Object> parameters) throws UnusableException {
        JudgeResource judge = ask(
                "judge service",
                dependencies.judgeUrl(),
                "judge '" + reference + "'",
                () -> dependencies.judges().get(name(reference), version(reference)));
        switch (judge.state()) {
            case ACTIVE -> {}
            case PROBING, REJECTED, DRAINING, RETIRED, DRIFTED ->
                throw new UnusableException(
                        "judge '" + reference + "' is " + Words.of(judge.state()) + ", must be active");
        }
        JudgeReference asked = new JudgeReference(judge.name(), judge.version(), parameters);
        ask(
                "judge service",
                dependencies.judgeUrl(),
                "judge '" + reference + "'",
                () -> dependencies
                        .judges()
                        .evaluate(
                                judge.name(),
                                judge.version(),
                                new EvaluateRequest(Ids.next("jr"), DEADLINE_MS, null, asked, List.of())));
        return new Pinned(
                judge.name() + "@" + judge.version(),
                judge.digest(),
                Objects.requireNonNullElse(judge.requires(), List.of()),
                Boolean.TRUE.equals(judge.checksItems()),
                null,
                away(judge));
    }

    private static @Nullable String away(JudgeResource judge) {
        JudgeResource.Contact contact = judge.contact();
        if (contact != null && !contact.reachable()) {
            return "did not answer when it was looked at, at " + contact.at() + " (" + contact.detail() + ")";
        }
        return judge.health().breaker().equals("closed")
                ? null
                : "has failed too often lately; its breaker is "
                        + judge.health().breaker();
    }

    /** A server of another system is asked for a score; what the reward service holds itself is there. */
    private @Nullable String away(RewardModelResource model) {
        if (!(model.source() instanceof RewardModelRegistration.Remote)) {
            return null;
        }
        ScoreRequest.Item hello = new ScoreRequest.Item("hello", List.of(Message.user("Hello")), "Hello!");
        try {
            ScoreError error = dependencies
                    .rewards()
                    .score(model.name(), model.version(), new ScoreRequest(Ids.next("rr"), List.of(hello)))
                    .results()
                    .getFirst()
                    .error();
            return error == null ? null : "it gives no score (" + error.code() + ": " + error.detail() + ")";
        } catch (TribunalException | RestClientException e) {
            return String.valueOf(e.getMessage());
        }
    }

    Pinned rewardModel(String reference) throws UnusableException {
        RewardModelResource model = ask(
                "reward service",
                dependencies.rewardUrl(),
                "reward model '" + reference + "'",
                () -> dependencies.rewards().get(name(reference), version(reference)));
        return switch (model.state()) {
            case READY ->
                new Pinned(
                        model.name() + "@" + model.version(),
                        model.digest(),
                        List.of(),
                        false,
                        model.maxTokens(),
                        away(model));
            case PREPARING ->
                throw new UnusableException("reward model '" + reference + "' is still being prepared ("
                        + Math.round(100 * model.progress()) + " %); try again once it is ready");
            case FAILED ->
                throw new UnusableException(
                        "reward model '" + reference + "' failed to be prepared: " + model.failure());
        };
    }

    /** Whether a mistake is not the spec's fault. */
    boolean isUnreachable(FieldError mistake) {
        return unreachableDetails.contains(mistake.detail());
    }

    private <T> T ask(String service, String url, String what, Supplier<T> question) throws UnusableException {
        if (down.containsKey(service)) {
            throw unreachable(service, what);
        }
        try {
            return question.get();
        } catch (UpstreamException e) {
            throw refusal(service, url, what, e);
        } catch (RestClientException e) {
            Throwable cause = e.getMostSpecificCause();
            down.put(
                    service,
                    "the " + service + " at " + url + " cannot be reached ("
                            + cause.getMessage()
                            + "); start it and try again");
            throw unreachable(service, what);
        }
    }

    private UnusableException refusal(String service, String url, String what, UpstreamException e) {
        int status = e.code().status().value();
        if (status == 404) {
            return new UnusableException(what + " is not known to the " + service + " (" + e.getMessage() + ")");
        }
        if (status == 422 || status == 400) {
            return new UnusableException(what + " refuses this use: " + e.getMessage(), e.errors());
        }
        down.put(
                service,
                "the " + service + " at " + url + " answered " + status + " ("
                        + e.code().code() + "): " + e.getMessage());
        return unreachable(service, what);
    }

    private UnusableException unreachable(String service, String what) {
        String detail = what + " cannot be looked up: " + down.get(service);
        unreachableDetails.add(detail);
        return new UnusableException(detail);
    }

    private static String name(String reference) {
        int at = reference.indexOf('@');
        return at < 0 ? reference : reference.substring(0, at);
    }

    private static String version(String reference) {
        int at = reference.indexOf('@');
        return at < 0 ? LATEST : reference.substring(at + 1);
    }

    /** A judge or reward model cannot be used as written. */
    static final class UnusableException extends Exception {

        private static final String PARAMETERS = "/parameters";

        private final transient List<FieldError> details;

        UnusableException(String message) {
            this(message, List.of());
        }

        /** @param details of a refusal, with pointers into the request that was refused */
        UnusableException(String message, List<FieldError> details) {
            super(message);
            this.details = details;
        }

        /** As mistakes at a place of the spec; those about parameters point at the parameter. */
        List<FieldError> errors(String at) {
            if (details.isEmpty()) {
                return List.of(new FieldError(at, String.valueOf(getMessage())));
            }
            return details.stream()
                    .map(error -> {
                        int parameters = error.pointer().indexOf(PARAMETERS);
                        return new FieldError(
                                parameters < 0 ? at : at + error.pointer().substring(parameters), error.detail());
                    })
                    .toList();
        }
    }
}
