package dev.tribunal.judge.sdk.conformance;

import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.GuardedHttp.Answer;
import dev.tribunal.servicekit.outbound.GuardedHttp.TooLarge;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/** How the conformance kit reaches a judge: an author's own client, or the registry's guarded one. */
@FunctionalInterface
public interface JudgeTransport {

    /** The most bytes of an answer that {@link #to(URI, String)} reads. */
    int MAX_ANSWER = 16 << 20;

    /**
     * @param path for example {@code /judge/v1/descriptor}
     * @param body JSON to post, or nothing to get
     * @throws IOException if no whole answer came within the time limit
     */
    Reply send(String path, byte @Nullable [] body, Duration timeLimit) throws IOException, InterruptedException;

    /** @param contentType absent if it is not known */
    record Reply(int status, @Nullable String contentType, byte[] body) {

        public Reply(int status, byte[] body) {
            this(status, null, body);
        }
    }

    /** @param bearerToken sent with every request, if given */
    static JudgeTransport to(URI url, @Nullable String bearerToken) {
        return to(GuardedHttp.toAnyAddress(MAX_ANSWER), url.toString(), bearerToken);
    }

    /**
     * By the HTTP that asks it later, too.
     *
     * @param bearerToken sent with every request, if given
     */
    static JudgeTransport to(GuardedHttp http, String url, @Nullable String bearerToken) {
        String base = url.replaceAll("/+$", "");
        return (path, body, timeLimit) -> {
            HttpUriRequestBase request = body == null ? new HttpGet(base + path) : new HttpPost(base + path);
            if (body != null) {
                request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
            }
            if (bearerToken != null) {
                request.setHeader("Authorization", "Bearer " + bearerToken);
            }
            long start = System.nanoTime();
            try {
                Answer answer = http.exchange(request, timeLimit);
                // Null would mean that nobody looked; an answer of no type is one that the fan-out refuses.
                String contentType = Objects.requireNonNullElse(answer.contentType(), "");
                return new Reply(answer.status(), contentType, answer.body());
            } catch (TooLarge e) {
                throw e;
            } catch (IOException e) {
                throw System.nanoTime() - start < timeLimit.toNanos()
                        ? e
                        : new HttpTimeoutException("no whole answer within " + timeLimit.toMillis() + " ms");
            }
        };
    }
}
