package dev.tribunal.contracts.outbound;

import dev.tribunal.contracts.judge.v1.JudgeRegistration;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * HTTP to strangers: an exchange ends at its deadline even if the server sends a byte now and then, an
 * answer is read up to a limit, redirects are not followed, and only guarded addresses are connected to.
 */
public final class GuardedHttp implements AutoCloseable {

    /** The most requests in flight that a judge may register for. */
    public static final int MAX_PER_JUDGE = JudgeRegistration.MAX_IN_FLIGHT;

    /**
     * The pool sets no limit of its own. Each line lets through as many requests as its judge takes, so there are as
     * many connections as the judges' limits add up to; and a judge that hangs takes none from another one on the same
     * host and port.
     */
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(2);

    /** A stranger's headers end somewhere, too. */
    private static final Http1Config SHORT_HEADERS = Http1Config.custom()
            .setMaxLineLength(16 << 10)
            .setMaxHeaderCount(100)
            .build();

    private final AddressGuard guard;
    private final CloseableHttpClient client;
    private final ScheduledExecutorService watchdog;
    private final int maxAnswerBytes;

    public GuardedHttp(AddressGuard guard, int maxAnswerBytes) {
        this.guard = guard;
        this.maxAnswerBytes = maxAnswerBytes;
        this.watchdog = watchdog();
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(guard)
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                                .http1Config(SHORT_HEADERS)
                                .build())
                        .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                        .setMaxConnPerRoute(NO_LIMIT)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(CONNECT_TIMEOUT)
                                .setTimeToLive(TimeValue.ofMinutes(5))
                                .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                                .build())
                        .build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                // A small compressed answer could be a huge one.
                .disableContentCompression()
                .build();
    }

    private static ScheduledExecutorService watchdog() {
        ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("outbound-deadlines").factory());
        // Else every request, with its body, would be remembered until its deadline.
        watchdog.setRemoveOnCancelPolicy(true);
        return watchdog;
    }

    /** @param contentType without its parameters, in lower case */
    public record Answer(
            int status,
            @Nullable String contentType,
            @Nullable String retryAfter,
            byte[] body) {}

    /**
     * @throws TooLarge if the answer's body is larger than the limit; the rest of it is left unread
     * @throws IOException if there is no whole answer by the deadline
     */
    public Answer exchange(HttpUriRequestBase request, Duration limit) throws IOException {
        // Rounded up: a silence that ends a moment before the deadline would look like a connection that is lost.
        Timeout remaining = Timeout.ofMilliseconds(limit.toMillis() + 1);
        request.setConfig(RequestConfig.custom()
                .setConnectionRequestTimeout(remaining)
                .setResponseTimeout(remaining)
                .build());
        // The response timeout is of one silence; this is of the whole exchange.
        ScheduledFuture<?> abort = watchdog.schedule(request::abort, limit.toNanos(), TimeUnit.NANOSECONDS);
        try {
            return client.execute(request, response -> read(request, response));
        } catch (ConnectException | NoRouteToHostException | ConnectTimeoutException e) {
            guard.noAnswer(request.getAuthority().getHostName());
            throw e;
        } finally {
            abort.cancel(false);
        }
    }

    private Answer read(HttpUriRequestBase request, ClassicHttpResponse response) throws IOException {
        return new Answer(
                response.getCode(),
                mediaType(response.getFirstHeader("Content-Type")),
                response.getFirstHeader("Retry-After") == null
                        ? null
                        : response.getFirstHeader("Retry-After").getValue(),
                body(request, response.getEntity()));
    }

    private byte[] body(HttpUriRequestBase request, @Nullable HttpEntity entity) throws IOException {
        if (entity == null) {
            return new byte[0];
        }
        long announced = entity.getContentLength();
        if (announced > maxAnswerBytes) {
            request.abort();
            throw new TooLarge(maxAnswerBytes);
        }
        InputStream content = entity.getContent();
        byte[] body = content.readNBytes(announced < 0 ? maxAnswerBytes + 1 : (int) announced + 1);
        if (body.length > maxAnswerBytes) {
            request.abort();
            throw new TooLarge(maxAnswerBytes);
        }
        return Secrets.masked(request, body);
    }

    private static @Nullable String mediaType(org.apache.hc.core5.http.@Nullable Header header) {
        return header == null
                ? null
                : header.getValue().split(";", 2)[0].strip().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public void close() throws IOException {
        watchdog.shutdownNow();
        client.close();
    }

    public static final class TooLarge extends IOException {
        TooLarge(int maxAnswerBytes) {
            super("the answer is larger than " + maxAnswerBytes + " bytes");
        }
    }
}
