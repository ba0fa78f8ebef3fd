package dev.tribunal.judge.reward;

import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.fanout.JudgeLimits;
import dev.tribunal.servicekit.outbound.AddressGuard;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.JsonEndpoint;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The client of {@code reward-threshold}; there is none without a reward service. */
@Component
public final class RewardJudge implements AutoCloseable {

    public static final String NAME = RewardThreshold.descriptor().name();

    /** What decides its verdicts, beside the parameters. */
    public static final String IDENTITY =
            NAME + " " + RewardThreshold.descriptor().version();

    private static final int MAX_ANSWER = 1 << 20;
    private static final int MAX_IN_FLIGHT = 4;
    private static final int ATTEMPTS = 3;
    private static final Duration BACKOFF = Duration.ofMillis(200);

    private final @Nullable RewardServer server;

    /**
     * @param url the reward service's base URL; empty if there is none
     * @param token the platform's
     */
    RewardJudge(
            @Value("${tribunal.judge.reward-url:}") String url,
            @Value("${tribunal.http.token:}") String token,
            JsonMapper json) {
        // The service's own settings name its host: no list of others' hosts has a say.
        this.server = url.isBlank()
                ? null
                : new RewardServer(
                        new JsonEndpoint(
                                new GuardedHttp(
                                        new AddressGuard(List.of(Objects.requireNonNull(
                                                URI.create(url).getHost(), "tribunal.judge.reward-url names no host"))),
                                        MAX_ANSWER),
                                url,
                                token),
                        json);
    }

    public static JudgeDescriptor descriptor() {
        return RewardThreshold.descriptor();
    }

    public Optional<JudgeClient> client(Duration timeout, JudgeClient.Surroundings surroundings) {
        if (server == null) {
            return Optional.empty();
        }
        RewardThreshold judge = new RewardThreshold(server);
        JudgeLimits limits =
                new JudgeLimits(timeout, RewardThreshold.MAX_BATCH_ITEMS, MAX_IN_FLIGHT, ATTEMPTS, BACKOFF);
        return Optional.of(JudgeClient.to(NAME, descriptor().version(), limits, judge, judge, surroundings));
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.endpoint().http().close();
        }
    }
}
