package dev.tribunal.trainer.lineage;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.json.MergePatch;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON merge patches (RFC 7396) to resolved specs. */
public final class SpecPatch {

    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    /** What pins what: another judge, model or file is not to have the digest of the one before. */
    private static final Map<String, String> DIGESTS = Map.of(
            "judge", "digest",
            "model", "digest",
            "source", "sourceDigest",
            "heldOut", "heldOutDigest",
            "rewardModel", "rewardModelDigest",
            "backbone", "backboneDigest",
            "pairs", "pairsDigest");

    private SpecPatch() {}

    /** A spec as a person would write it: what is absent is not there. */
    static ObjectNode tree(RunSpec spec) {
        return (ObjectNode) JSON.<JsonNode>valueToTree(spec);
    }

    /** The patched spec. What it names newly, and not with a digest, is pinned anew. */
    public static ObjectNode patched(RunSpec spec, JsonNode patch) {
        ObjectNode before = tree(spec);
        ObjectNode after = (ObjectNode) MergePatch.apply(before.deepCopy(), patch);
        forgetDigests(before, after);
        return after;
    }

    private static void forgetDigests(JsonNode before, JsonNode after) {
        if (before instanceof ObjectNode old && after instanceof ObjectNode now) {
            DIGESTS.forEach((what, digest) -> {
                if (!old.path(what).equals(now.path(what)) && old.path(digest).equals(now.path(digest))) {
                    now.remove(digest);
                }
            });
            for (String field : List.copyOf(now.propertyNames())) {
                forgetDigests(old.path(field), now.path(field));
            }
        } else if (before.isArray() && after.isArray()) {
            for (int i = 0; i < Math.min(before.size(), after.size()); i++) {
                forgetDigests(before.get(i), after.get(i));
            }
        }
    }
}
