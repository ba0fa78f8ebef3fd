package dev.tribunal.trainer.store;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code tribunal.trainer.*}; {@code trainer-service.yml} says what each means.
 *
 * @param judgeUrl of the judge service
 * @param rewardUrl of the reward service
 * @param data every run has a folder in it, with its checkpoints
 */
@ConfigurationProperties("tribunal.trainer")
public record TrainerProperties(
        URI judgeUrl,
        URI rewardUrl,
        Path data,
        @DefaultValue("1") int concurrency,
        @DefaultValue("trainer") String name,
        @DefaultValue("30s") Duration lease,
        @DefaultValue("60s") Duration grace,
        @DefaultValue("5m") Duration judgementTimeout,
        @DefaultValue("5m") Duration scoreTimeout,
        @DefaultValue("2s") Duration validationBudget,
        @DefaultValue("1h") Duration validationTimeout) {

    public TrainerProperties {
        if (judgeUrl == null || rewardUrl == null || data == null) {
            throw new IllegalStateException(
                    "set tribunal.trainer.judge-url, tribunal.trainer.reward-url and tribunal.trainer.data");
        }
        if (concurrency < 1) {
            throw new IllegalStateException("tribunal.trainer.concurrency is " + concurrency + ", must be at least 1");
        }
        if (judgementTimeout.compareTo(Duration.ofSeconds(5)) < 0) {
            throw new IllegalStateException(
                    "tribunal.trainer.judgement-timeout is " + judgementTimeout + ", must be at least 5s");
        }
        if (grace.isNegative()) {
            throw new IllegalStateException("tribunal.trainer.grace is " + grace + ", must not be negative");
        }
        if (lease.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalStateException("tribunal.trainer.lease is " + lease + ", must be at least 1s");
        }
    }

    public Path dataDirectory() {
        return data.toAbsolutePath().normalize();
    }

    public Path runDirectory(String runId) {
        return dataDirectory().resolve(runId);
    }
}
