package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.servicekit.error.TribunalException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** Whether a spec names judges that no run has used before: nobody has seen what a policy does to them. */
final class NewJudges {

    private static final Logger LOG = LoggerFactory.getLogger(NewJudges.class);
    private static final String JUDGES = "judges";

    private NewJudges() {}

    /**
     * One line that names them, with what to do before the run has come far; none if there are none. It is not worth
     * failing for.
     *
     * @param run which does not count
     */
    static Optional<String> hint(JsonNode spec, PlatformClient client, String run) {
        List<String> unused = new ArrayList<>();
        for (String judge : names(spec)) {
            try { // what cannot be found, the spec's own check has told
                VersionedName pinned = pinned(judge, client);
                boolean used = client.runs().list(null, null, pinned.toString(), null, null, 2).data().stream()
                        .anyMatch(other -> !other.id().equals(run));
                if (!used) {
                    unused.add(pinned.toString());
                }
            } catch (TribunalException | RestClientException | IllegalArgumentException unknown) {
                LOG.debug("whether a run has used {} is not known", judge, unknown);
            }
        }
        return unused.isEmpty()
                ? Optional.empty()
                : Optional.of("no run has used " + String.join(", ", unused) + " before; see what "
                        + (unused.size() == 1 ? "it" : "they") + " can be talked into: ./tribunal judge stress "
                        + unused.getFirst() + " -f ITEMS.jsonl");
    }

    private static VersionedName pinned(String judge, PlatformClient client) {
        if (judge.contains("@")) {
            return VersionedName.parse(judge);
        }
        JudgeResource newest = client.judges().get(judge, "latest");
        return new VersionedName(newest.name(), newest.version());
    }

    /** As they are written under {@code judges}, wherever that stands: {@code NAME[@VERSION]}. */
    private static Set<String> names(JsonNode spec) {
        Set<String> names = new TreeSet<>();
        spec.findValues(JUDGES).stream()
                .flatMap(JsonNode::valueStream)
                .map(judge -> judge.isString()
                        ? judge.asString()
                        : judge.path("judge").asString(""))
                .filter(name -> !name.isBlank())
                .forEach(names::add);
        return names;
    }
}
