package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.servicekit.error.UpstreamException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.RestClientException;

/** Whether the judges that a spec pinned when its run was created are there still when it starts. */
public final class PinnedJudges {

    private static final Logger LOG = LoggerFactory.getLogger(PinnedJudges.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final JudgeRegistryApi judges;

    public PinnedJudges(JudgeRegistryApi judges) {
        this.judges = judges;
    }

    /**
     * What has happened to them, one sentence a judge. Waits for a judge service that does not answer: services start side by
     * side, and a run that were faster than that one would take steps whose verdicts are all undecided.
     *
     * @throws CancellationException if the thread is interrupted meanwhile
     */
    public List<String> changes(Collection<RunSpec.Judge> pinned) {
        return pinned.stream()
                .distinct()
                .map(this::change)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private @Nullable String change(RunSpec.Judge pinned) {
        VersionedName name = VersionedName.parse(pinned.judge());
        while (true) {
            try {
                return change(name, pinned, judges.get(name.name(), name.version()));
            } catch (UpstreamException e) {
                if (e.code().status() == HttpStatus.NOT_FOUND) {
                    return "judge '" + name + "' is not registered any more";
                }
                pause(name, e);
            } catch (RestClientException e) {
                pause(name, e);
            }
        }
    }

    private static void pause(VersionedName name, RuntimeException failure) {
        LOG.warn("judge {} cannot be looked up; trying again: {}", name, failure.getMessage());
        LockSupport.parkNanos(PAUSE.toNanos());
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("nobody waits for the judge service any more");
        }
    }

    private static @Nullable String change(VersionedName name, RunSpec.Judge pinned, JudgeResource judge) {
        if (judge.state() == JudgeResource.State.RETIRED) {
            return "judge '" + name + "' is retired";
        }
        return pinned.digest() == null || pinned.digest().equals(judge.digest())
                ? null
                : "judge '" + name + "' was pinned as " + pinned.digest() + " and is " + judge.digest() + " now";
    }
}
