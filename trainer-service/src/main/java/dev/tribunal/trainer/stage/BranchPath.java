package dev.tribunal.trainer.stage;

import dev.tribunal.trainer.generation.TreeSampler.Leaf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a completion branched off its tree, as rows keep it.
 *
 * @param path the number of the branch taken at each branching
 * @param segments the token ids of each
 */
record BranchPath(List<Integer> path, List<List<Integer>> segments) {

    private static final String PATH = "path";
    private static final String SEGMENTS = "segments";

    /** @param provenance of a generated row; empty if it was sampled by itself */
    static Optional<BranchPath> of(JsonNode provenance) {
        if (!provenance.path(PATH).isArray()) {
            return Optional.empty();
        }
        List<List<Integer>> segments = new ArrayList<>();
        provenance.path(SEGMENTS).forEach(segment -> segments.add(integers(segment)));
        return Optional.of(new BranchPath(integers(provenance.path(PATH)), segments));
    }

    private static List<Integer> integers(JsonNode array) {
        List<Integer> integers = new ArrayList<>();
        array.forEach(each -> integers.add(each.asInt()));
        return integers;
    }

    static void write(Leaf leaf, ObjectNode provenance) {
        ArrayNode path = provenance.putArray(PATH);
        leaf.path().forEach(path::add);
        ArrayNode segments = provenance.putArray(SEGMENTS);
        for (int[] segment : leaf.segments()) {
            ArrayNode ids = segments.addArray();
            for (int id : segment) {
                ids.add(id);
            }
        }
    }

    /** The branches that two leaves of one tree have in common: the path of their lowest common ancestor. */
    List<Integer> sharedPath(BranchPath other) {
        return path.subList(0, shared(path, other.path));
    }

    /** The length of their longest common prefix; siblings that begin alike share more than their path's segments. */
    int sharedTokens(BranchPath other) {
        return shared(tokens(), other.tokens());
    }

    private List<Integer> tokens() {
        return segments.stream().flatMap(List::stream).toList();
    }

    private static int shared(List<Integer> one, List<Integer> other) {
        int shared = 0;
        while (shared < Math.min(one.size(), other.size()) && one.get(shared).equals(other.get(shared))) {
            shared++;
        }
        return shared;
    }
}
