package dev.tribunal.judge.sdk;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How the conformance kit reaches a judge: an author's own client, or the registry's guarded one. */
@FunctionalInterface
public interface JudgeTransport {

    /** The most bytes of an answer that {@link #to} reads. */
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
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        String base = url.toString().replaceAll("/+$", "");
        return (path, body, timeLimit) -> {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(base + path)).timeout(timeLimit);
            if (bearerToken != null) {
                request.header("Authorization", "Bearer " + bearerToken);
            }
            if (body != null) {
                request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(body));
            }
            return reply(
                    client.sendAsync(
                            request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER)),
                    timeLimit);
        };
    }

    /** A request's own time limit is of the headers; this is of the whole answer. */
    private static Reply reply(CompletableFuture<HttpResponse<byte[]>> coming, Duration timeLimit)
            throws IOException, InterruptedException {
        try {
            HttpResponse<byte[]> answer = coming.get(timeLimit.toNanos(), TimeUnit.NANOSECONDS);
            return new Reply(
                    answer.statusCode(),
                    answer.headers().firstValue("Content-Type").orElse(""),
                    answer.body());
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no whole answer within " + timeLimit.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } finally {
            coming.cancel(true);
        }
    }
}
