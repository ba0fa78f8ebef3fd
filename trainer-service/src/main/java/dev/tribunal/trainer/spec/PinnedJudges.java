package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.servicekit.error.UpstreamException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.RestClientException;

/** Whether the judges that a spec pinned when its run was created are there still when it starts. */
public final class PinnedJudges {

    private static final Logger LOG = LoggerFactory.getLogger(PinnedJudges.class);

    private final JudgeRegistryApi judges;

    public PinnedJudges(JudgeRegistryApi judges) {
        this.judges = judges;
    }

    /** What has happened to them, one sentence a judge; a judge that cannot be looked up shows in its verdicts. */
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
        try {
            JudgeResource judge = judges.get(name.name(), name.version());
            if (judge.state() == JudgeResource.State.RETIRED) {
                return "judge '" + name + "' is retired";
            }
            return pinned.digest() == null || pinned.digest().equals(judge.digest())
                    ? null
                    : "judge '" + name + "' was pinned as " + pinned.digest() + " and is " + judge.digest() + " now";
        } catch (UpstreamException e) {
            if (e.code().status() == HttpStatus.NOT_FOUND) {
                return "judge '" + name + "' is not registered any more";
            }
            LOG.warn("judge {} cannot be looked up: {}", name, e.getMessage());
        } catch (RestClientException e) {
            LOG.warn("judge {} cannot be looked up: {}", name, e.getMessage());
        }
        return null;
    }
}
