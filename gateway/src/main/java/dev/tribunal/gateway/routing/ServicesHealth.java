package dev.tribunal.gateway.routing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/** Whether every service behind the gateway says of itself that it is ready; asked at most once a second. */
@Component("servicesHealthIndicator")
final class ServicesHealth implements HealthIndicator, AutoCloseable {

    /** A service whose database hangs takes a few seconds to say so. */
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final HttpClient client;
    private final Map<String, URI> services = new LinkedHashMap<>();
    private @Nullable Health last;
    private long lastAt;

    ServicesHealth(GatewayProperties properties) {
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(properties.connectTimeout())
                .build();
        services.put("trainer", properties.trainerUrl().resolve("/health/ready"));
        services.put("judge", properties.judgeUrl().resolve("/health/ready"));
        services.put("reward", properties.rewardUrl().resolve("/health/ready"));
    }

    @Override
    public synchronized Health health() {
        Health known = last;
        if (known == null || System.nanoTime() - lastAt > FRESH.toNanos()) {
            known = ask();
            last = known;
            lastAt = System.nanoTime();
        }
        return known;
    }

    private Health ask() {
        Map<String, CompletableFuture<Status>> answers = new LinkedHashMap<>();
        services.forEach((name, url) -> answers.put(
                name,
                client.sendAsync(HttpRequest.newBuilder(url).timeout(PATIENCE).build(), BodyHandlers.discarding())
                        .thenApply(answer -> answer.statusCode() == 200 ? Status.UP : Status.DOWN)
                        .exceptionally(away -> Status.DOWN)));
        Health.Builder health = Health.up();
        answers.forEach((name, answer) -> {
            Status status = answer.join();
            health.withDetail(name, status.getCode());
            if (!status.equals(Status.UP)) {
                health.down();
            }
        });
        return health.build();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
