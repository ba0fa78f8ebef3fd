package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.judge.fanout.AddressGuard.RefusedAddress;
import dev.tribunal.judge.fanout.JudgeHttp.Answer;
import dev.tribunal.judge.fanout.JudgeHttp.TooLarge;
import dev.tribunal.judge.sdk.AnswerReader;
import dev.tribunal.judge.sdk.AnswerReader.Reading;
import dev.tribunal.judge.sdk.Deadline;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A judge that is a service of its own, asked by judge/v1.
 *
 * @param url its base URL, which the {@link AddressGuard} has no objection to
 * @param bearerToken sent with each request, if given; never printed
 */
public record HttpCall(JudgeHttp http, String url, @Nullable String bearerToken, JsonMapper json) implements JudgeCall {

    private static final String PATH = "/judge/v1/evaluate";

    @Override
    public Reading send(EvaluateRequest request, Deadline deadline) throws CallFailure {
        Duration limit = deadline.remaining();
        HttpPost post = new HttpPost(url.replaceAll("/+$", "") + PATH);
        post.setEntity(new ByteArrayEntity(json.writeValueAsBytes(request), ContentType.APPLICATION_JSON));
        post.setHeader("Accept", "application/json");
        post.setHeader("Idempotency-Key", request.requestId());
        post.setHeader("traceparent", traceparent());
        if (bearerToken != null) {
            post.setHeader("Authorization", "Bearer " + bearerToken);
        }
        try {
            return reading(http.exchange(post, deadline), request);
        } catch (IOException e) {
            throw failure(e, deadline, limit);
        }
    }

    private static Reading reading(Answer answer, EvaluateRequest request) throws CallFailure {
        int status = answer.status();
        String code = "http_" + status;
        String detail = "the judge answered status " + status;
        if (status == 408 || status == 429 || status >= 500) {
            throw CallFailure.passing(code, detail, retryAfter(answer.retryAfter()));
        }
        if (status != 200) {
            throw CallFailure.refused(code, detail);
        }
        if (answer.contentType() == null || !answer.contentType().matches("application/(.+\\+)?json")) {
            throw CallFailure.lasting("malformed_answer", "the answer is " + answer.contentType() + ", not JSON");
        }
        return AnswerReader.read(answer.body(), request);
    }

    private static CallFailure failure(IOException e, Deadline deadline, Duration limit) {
        if (deadline.passed()) {
            return CallFailure.timeout(limit);
        }
        return switch (e) {
            case RefusedAddress refused -> CallFailure.lasting("address_refused", String.valueOf(refused.getMessage()));
            case TooLarge tooLarge -> CallFailure.lasting("answer_too_large", String.valueOf(tooLarge.getMessage()));
            case UnknownHostException unknown ->
                CallFailure.passing("unreachable", "unknown host " + unknown.getMessage());
            case ConnectException refused -> CallFailure.passing("unreachable", "" + refused.getMessage());
            case NoRouteToHostException noRoute -> CallFailure.passing("unreachable", "" + noRoute.getMessage());
            case ConnectTimeoutException slow -> CallFailure.passing("unreachable", "" + slow.getMessage());
            case NoHttpResponseException closed -> CallFailure.passing("unreachable", "" + closed.getMessage());
            default -> CallFailure.lasting("connection_lost", e.toString());
        };
    }

    /** Seconds, or a date; nonsense is no wish. */
    private static @Nullable Duration retryAfter(@Nullable String value) {
        if (value == null) {
            return null;
        }
        try {
            if (value.strip().matches("\\d{1,9}")) {
                return Duration.ofSeconds(Long.parseLong(value.strip()));
            }
            Instant when = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value.strip()));
            Duration pause = Duration.between(Instant.now(), when);
            return pause.isNegative() ? Duration.ZERO : pause;
        } catch (DateTimeException nonsense) {
            return null;
        }
    }

    /** W3C Trace Context, a new trace for each request: judges log it, and so can be asked about it. */
    private static String traceparent() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return String.format(
                "00-%016x%016x-%016x-01", random.nextLong(), random.nextLong(), random.nextLong(1, Long.MAX_VALUE));
    }

    @Override
    public String toString() {
        return "HttpCall[" + url + "]";
    }
}
