package dev.tribunal.servicekit.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * HTTP to servers outside the platform: an exchange ends at its deadline even if the server sends a byte now and then,
 * an answer is read up to a limit, redirects are not followed, and only guarded addresses are connected to.
 *
 * <p>A server may close a connection that is idle, which the client learns only when the next request is on its way. So
 * a request that is lost on a connection that was used before, with not one byte of an answer, is sent once more on a
 * new one. All that is asked by this class may be asked twice.
 */
public final class GuardedHttp implements AutoCloseable {

    /**
     * The pool sets no limit of its own: the caller knows how many requests it takes at once.
     */
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(2);

    /**
     * After so long without use it is looked whether the server has closed a connection. The look takes a millisecond,
     * too much for connections that are in use all the time.
     */
    private static final TimeValue IDLE = TimeValue.ofMilliseconds(50);

    /** After so long without use a connection is closed. */
    private static final TimeValue UNUSED = TimeValue.ofMinutes(1);

    /** The headers of an answer are bounded, too. */
    private static final Http1Config SHORT_HEADERS = Http1Config.custom()
            .setMaxLineLength(16 << 10)
            .setMaxHeaderCount(100)
            .build();

    private final @Nullable AddressGuard guard;
    private final int maxAnswerBytes;
    private final ScheduledExecutorService watchdog;
    private final PoolingHttpClientConnectionManager connections;
    private final CloseableHttpClient client;

    /** All that share a watchdog and are open, the first among them; it closes the others. */
    private final Set<GuardedHttp> family;

    private final boolean first;

    public GuardedHttp(AddressGuard guard, int maxAnswerBytes) {
        this(guard, maxAnswerBytes, watchdog(), ConcurrentHashMap.newKeySet(), true);
    }

    /** For a server of the caller's own, wherever it is: the same manners, and no guard. */
    public static GuardedHttp toAnyAddress(int maxAnswerBytes) {
        return new GuardedHttp(null, maxAnswerBytes, watchdog(), ConcurrentHashMap.newKeySet(), true);
    }

    private GuardedHttp(
            @Nullable AddressGuard guard,
            int maxAnswerBytes,
            ScheduledExecutorService watchdog,
            Set<GuardedHttp> family,
            boolean first) {
        this.guard = guard;
        this.maxAnswerBytes = maxAnswerBytes;
        this.watchdog = watchdog;
        this.connections = connections(guard);
        this.client = HttpClients.custom()
                .setConnectionManager(connections)
                .setRequestExecutor(new LossOnReuse())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                // A small compressed answer could be a huge one.
                .disableContentCompression()
                .build();
        this.family = family;
        this.first = first;
        family.add(this);
        if (first) {
            var _ = watchdog.scheduleWithFixedDelay(this::closeUnused, 1, 1, TimeUnit.MINUTES);
        }
    }

    /** On a thread of its own: closing may take what the watchdog has not, time. */
    private void closeUnused() {
        Thread.ofVirtual().start(() -> family.forEach(one -> one.connections.closeIdle(UNUSED)));
    }

    private static PoolingHttpClientConnectionManager connections(@Nullable AddressGuard guard) {
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(guard)
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(SHORT_HEADERS)
                        .build())
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setMaxConnPerRoute(NO_LIMIT)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(CONNECT_TIMEOUT)
                        .setTimeToLive(TimeValue.ofMinutes(5))
                        .setValidateAfterInactivity(IDLE)
                        .build())
                .build();
    }

    private static ScheduledExecutorService watchdog() {
        ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("outbound-deadlines").factory());
        // Else every request, with its body, would be remembered until its deadline.
        watchdog.setRemoveOnCancelPolicy(true);
        return watchdog;
    }

    /**
     * The same guard and limits with connections of its own, for one judge: what happens to the connections of another
     * one on the same host and port, such as behind a proxy, is not seen on them. Closing it closes those alone.
     */
    public GuardedHttp apart() {
        return new GuardedHttp(guard, maxAnswerBytes, watchdog, family, false);
    }

    /**
     * @param contentType without its parameters, in lower case
     * @param compressed whether the body is encoded, which no request allows
     * @param location where a redirect leads to, which is not followed
     */
    public record Answer(
            int status,
            @Nullable String contentType,
            boolean compressed,
            @Nullable String retryAfter,
            @Nullable String location,
            byte[] body) {}

    /**
     * @param request may be sent twice
     * @throws TooLarge if the answer's body is larger than the limit; the rest of it is left unread
     * @throws IOException if there is no whole answer by the deadline
     */
    public Answer exchange(HttpUriRequestBase request, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        // The response timeout is of one silence; this is of the whole exchange.
        ScheduledFuture<?> abort = watchdog.schedule(request::abort, limit.toNanos(), TimeUnit.NANOSECONDS);
        try {
            try {
                return send(request, limit);
            } catch (LossOnReuse.Lost lost) {
                Duration left = Duration.ofNanos(end - System.nanoTime());
                if (!left.isPositive() || request.isAborted()) {
                    throw lost.cause();
                }
                // The other connections that are idle are most likely lost for the same reason.
                connections.closeIdle(TimeValue.ZERO_MILLISECONDS);
                return send(request, left);
            }
        } catch (LossOnReuse.Lost twice) {
            throw twice.cause();
        } catch (ConnectException | NoRouteToHostException | ConnectTimeoutException e) {
            if (guard != null) {
                guard.noAnswer(request.getAuthority().getHostName());
            }
            throw e;
        } finally {
            abort.cancel(false);
        }
    }

    private Answer send(HttpUriRequestBase request, Duration limit) throws IOException {
        // Rounded up: a silence that ends a moment before the deadline would look like a connection that is lost.
        Timeout remaining = Timeout.ofMilliseconds(limit.toMillis() + 1);
        request.setConfig(RequestConfig.custom()
                .setConnectionRequestTimeout(remaining)
                .setResponseTimeout(remaining)
                .build());
        return client.execute(request, response -> read(request, response));
    }

    private Answer read(HttpUriRequestBase request, ClassicHttpResponse response) throws IOException {
        byte[] body = body(request, response.getEntity());
        if (body.length == 0 && endsUnannounced(response)) {
            throw new ConnectionClosedException("the connection ended before the answer did");
        }
        return new Answer(
                response.getCode(),
                mediaType(response.getFirstHeader("Content-Type")),
                compressed(response.getFirstHeader("Content-Encoding")),
                value(response.getFirstHeader("Retry-After")),
                value(response.getFirstHeader("Location")),
                body);
    }

    private static @Nullable String value(org.apache.hc.core5.http.@Nullable Header header) {
        return header == null ? null : header.getValue();
    }

    /** The end of a connection within the headers looks like the end of the headers, and of an empty body. */
    private static boolean endsUnannounced(ClassicHttpResponse response) {
        HttpEntity entity = response.getEntity();
        return entity != null
                && entity.getContentLength() < 0
                && !entity.isChunked()
                && HttpVersion.HTTP_1_1.equals(response.getVersion())
                && !response.containsHeader("Connection");
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

    private static boolean compressed(org.apache.hc.core5.http.@Nullable Header header) {
        return header != null && !header.getValue().strip().equalsIgnoreCase("identity");
    }

    private static @Nullable String mediaType(org.apache.hc.core5.http.@Nullable Header header) {
        return header == null
                ? null
                : header.getValue().split(";", 2)[0].strip().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public void close() throws IOException {
        family.remove(this);
        client.close();
        if (first) {
            watchdog.shutdownNow();
            for (GuardedHttp other : family) {
                other.close();
            }
        }
    }

    public static final class TooLarge extends IOException {
        TooLarge(int maxAnswerBytes) {
            super("the answer is larger than " + maxAnswerBytes + " bytes");
        }
    }
}
