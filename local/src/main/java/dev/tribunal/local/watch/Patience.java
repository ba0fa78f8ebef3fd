package dev.tribunal.local.watch;

import dev.tribunal.servicekit.error.UpstreamException;
import java.time.Duration;
import java.time.Instant;
import org.springframework.http.HttpStatus;

/** A database or a service that is away for a moment ends no run, so it ends no watching either. */
final class Patience {

    private static final Duration LONGEST = Duration.ofMinutes(2);

    private Instant served = Instant.now();

    void served() {
        served = Instant.now();
    }

    /** @throws UpstreamException if it is another refusal, or the platform cannot serve for two minutes */
    void refused(UpstreamException refused) {
        boolean away = refused.code().status() == HttpStatus.SERVICE_UNAVAILABLE;
        if (!away || Duration.between(served, Instant.now()).compareTo(LONGEST) > 0) {
            throw refused;
        }
    }
}
