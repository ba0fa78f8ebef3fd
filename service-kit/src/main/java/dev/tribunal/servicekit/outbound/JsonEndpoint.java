package dev.tribunal.servicekit.outbound;

import dev.tribunal.servicekit.outbound.AddressGuard.RefusedAddress;
import dev.tribunal.servicekit.outbound.GuardedHttp.Answer;
import dev.tribunal.servicekit.outbound.GuardedHttp.TooLarge;
import dev.tribunal.servicekit.trace.Span;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server outside the platform that takes and gives JSON, through the guard, limits and deadline of
 * {@link GuardedHttp}.
 * Whatever is not an answer is a {@link CallFailure} that says whether to ask again.
 *
 * @param url its base URL, which the {@link AddressGuard} has no objection to
 * @param bearerToken sent with each request, if given; never printed
 */
public record JsonEndpoint(
        GuardedHttp http, String url, @Nullable String bearerToken) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAX_SAID = 300;

    /**
     * @param path for example {@code /judge/v1/evaluate}
     * @param headers beside those that every request has
     * @return the body of the one answer that counts: status 200, JSON
     */
    public byte[] post(String path, byte[] body, Map<String, String> headers, Duration limit) throws CallFailure {
        HttpPost post = new HttpPost(base() + path);
        post.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        headers.forEach(post::setHeader);
        return send(post, limit);
    }

    /** Of which only the status counts: 200. What the answer says may be anything. */
    public void tell(String path, byte[] body, Duration limit) throws CallFailure {
        HttpPost post = new HttpPost(base() + path);
        post.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        requireGood(exchange(post, limit));
    }

    /** @return the body of the one answer that counts: status 200, JSON */
    public byte[] get(String path, Duration limit) throws CallFailure {
        return get(path, Map.of(), limit);
    }

    /** @param headers beside those that every request has */
    public byte[] get(String path, Map<String, String> headers, Duration limit) throws CallFailure {
        HttpGet get = new HttpGet(base() + path);
        headers.forEach(get::setHeader);
        return send(get, limit);
    }

    private String base() {
        return url.replaceAll("/+$", "");
    }

    private byte[] send(HttpUriRequestBase request, Duration limit) throws CallFailure {
        return body(exchange(request, limit));
    }

    private Answer exchange(HttpUriRequestBase request, Duration limit) throws CallFailure {
        long start = System.nanoTime();
        request.setHeader("Accept", "application/json");
        if (bearerToken != null) {
            request.setHeader("Authorization", "Bearer " + bearerToken);
        }
        try (Span call = Span.call(request)) {
            try {
                Answer answer = http.exchange(request, limit);
                call.answered(answer.status());
                return answer;
            } catch (IOException e) {
                CallFailure failure = failure(e, System.nanoTime() - start >= limit.toNanos(), limit);
                call.failed(failure.code());
                throw failure;
            }
        }
    }

    private static void requireGood(Answer answer) throws CallFailure {
        int status = answer.status();
        String code = "http_" + status;
        if (status == 408 || status == 429 || status >= 500) {
            throw CallFailure.passing(code, refusal(answer), retryAfter(answer.retryAfter()));
        }
        if (status != 200) {
            throw CallFailure.refused(code, refusal(answer));
        }
    }

    private static byte[] body(Answer answer) throws CallFailure {
        requireGood(answer);
        if (answer.compressed()) {
            throw CallFailure.lasting(
                    "compressed_answer",
                    "the answer is compressed, which was not asked for; send it without Content-Encoding");
        }
        if (answer.contentType() == null || !answer.contentType().matches("application/(.+\\+)?json")) {
            throw CallFailure.lasting("malformed_answer", "the answer is " + answer.contentType() + ", not JSON");
        }
        return answer.body();
    }

    /** With the server's own words, where it writes them as servers do, and they cannot hold a part of the secret. */
    private static String refusal(Answer answer) {
        String refusal = "the server answered status " + answer.status();
        if (answer.status() == 401) {
            return refusal;
        }
        JsonNode said;
        try {
            said = JSON.readTree(answer.body());
        } catch (JacksonException notJson) {
            return refusal;
        }
        for (JsonNode words : new JsonNode[] {
            said.path("detail"), said.path("error").path("message"), said.path("error"), said.path("message")
        }) {
            if (words.isString() && !words.asString().isBlank()) {
                String text = words.asString().strip();
                return refusal + ": " + (text.length() <= MAX_SAID ? text : text.substring(0, MAX_SAID) + "...");
            }
        }
        return refusal;
    }

    private static CallFailure failure(IOException e, boolean late, Duration limit) {
        if (late) {
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
            // Reset, or closed within an answer: whatever is asked here may be asked again.
            case SocketException reset -> CallFailure.passing("connection_lost", "" + reset.getMessage());
            case ConnectionClosedException closed -> CallFailure.passing("connection_lost", "" + closed.getMessage());
            case SSLException tls
            when tls.getCause() instanceof SocketException ->
                CallFailure.passing("connection_lost", "" + tls.getMessage());
            case InterruptedIOException silence -> CallFailure.timeout(limit);
            default ->
                CallFailure.lasting(
                        "connection_lost",
                        e.getMessage() == null ? "the connection ended before the whole answer" : e.getMessage());
        };
    }

    /** Seconds, or a date; anything else is ignored. */
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

    @Override
    public String toString() {
        return "JsonEndpoint[" + url + "]";
    }
}
