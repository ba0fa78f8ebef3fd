package dev.tribunal.judge.registry;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.judge.registration.RegistryError;
import dev.tribunal.judge.registration.RegistryProperties;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.servicekit.http.ServiceClients;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;

/**
 * Which runs refer to a judge: the trainer, which holds them, is asked at the moment that it matters. Nothing is
 * written down here that could be forgotten, and a trainer that does not answer does not permit deleting.
 */
@Component
class RunReferences {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int NAMED = 20;

    private final @Nullable URI trainerUrl;
    private final @Nullable RunsApi runs;

    RunReferences(ServiceClients clients, RegistryProperties properties) {
        this.trainerUrl = properties.trainerUrl();
        this.runs = trainerUrl == null ? null : clients.client(RunsApi.class, trainerUrl.toString(), PATIENCE);
    }

    /** @throws TribunalException 409 naming the runs that have not ended and the caller sees, or 503 if they cannot be known */
    void requireNone(String judge) {
        Page<RunResource> live = live(judge);
        if (!live.data().isEmpty()) {
            List<String> named = live.data().stream()
                    .filter(run -> Caller.current().sees(run.namespace()))
                    .map(run -> run.id() + " (" + run.name() + ")")
                    .toList();
            boolean more = live.hasMore() || named.size() < live.data().size();
            throw new TribunalException(
                    RegistryError.JUDGE_IN_USE,
                    judge + " is referred to by "
                            + (named.isEmpty() ? "runs of other namespaces" : String.join(", ", named))
                            + (more && !named.isEmpty() ? " and more runs" : "")
                            + "; let them end or cancel them, and drain the judge so that no new run takes it.");
        }
    }

    private Page<RunResource> live(String judge) {
        if (runs == null) {
            throw unknown(judge, "tribunal.judge.trainer-url is not set");
        }
        try {
            // Whoever asks: a run of another namespace refers to it as well.
            return Caller.PLATFORM.run(() -> runs.list(null, null, judge, false, null, NAMED));
        } catch (UpstreamException | RestClientException e) {
            throw unknown(judge, "the trainer service at " + trainerUrl + " does not say: " + e.getMessage());
        }
    }

    private static TribunalException unknown(String judge, String why) {
        return new TribunalException(
                RegistryError.RUNS_UNKNOWN, "It is not known which runs refer to " + judge + ": " + why + ".");
    }
}
