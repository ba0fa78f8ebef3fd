package dev.tribunal.trainer.stage;

import dev.tribunal.methods.label.DifficultySplit;
import dev.tribunal.methods.label.DifficultySplit.Difficulty;
import dev.tribunal.methods.label.EnsembleVotes;
import dev.tribunal.methods.label.EnsembleVotes.Strength;
import dev.tribunal.methods.label.EnsembleVotes.Vote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Given pairs, with what reward models say of them. */
record PairRows(RowOrigin origin) {

    /** Both completions of a row, scored. */
    record Pair(Labelled chosen, Labelled rejected) {

        boolean isScored() {
            return chosen.isScored() && rejected.isScored();
        }

        /** Of each reward model, by its name: how much more it gives the chosen completion. */
        Map<String, Double> gaps() {
            Map<String, Double> gaps = new LinkedHashMap<>();
            chosen.scores()
                    .byModel()
                    .keySet()
                    .forEach(model -> gaps.put(model, chosen.value(model) - rejected.value(model)));
            return gaps;
        }

        double gap() {
            return gaps().values().iterator().next();
        }
    }

    List<ObjectNode> split(List<Pair> pairs, DifficultySplit split, Map<String, Double> metrics) {
        metrics.put("easy", (double) count(pairs, split, Difficulty.EASY));
        metrics.put("difficult", (double) count(pairs, split, Difficulty.DIFFICULT));
        metrics.put("wrongSigned", (double) pairs.stream()
                .filter(pair -> DifficultySplit.isWrongSigned(pair.gap()))
                .count());
        return pairs.stream()
                .filter(pair -> split.keeps(pair.gap()))
                .map(pair -> {
                    ObjectNode row = row(pair, split.flips(pair.gap()));
                    ((ObjectNode) row.path("provenance")).put("gap", pair.gap());
                    return row;
                })
                .toList();
    }

    private static long count(List<Pair> pairs, DifficultySplit split, Difficulty side) {
        return pairs.stream().filter(pair -> split.of(pair.gap()) == side).count();
    }

    List<ObjectNode> voted(List<Pair> pairs, EnsembleVotes labeller, Map<String, Double> metrics) {
        List<Strength> strengths = pairs.stream()
                .map(pair -> Strength.of(pair.gaps().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray()))
                .toList();
        List<Vote> votes = labeller.votes(strengths);
        metrics.put("negativeStrength", (double)
                strengths.stream().filter(strength -> strength.mean() < 0).count());
        metrics.put("flipped", (double) votes.stream().filter(Vote::flipped).count());
        metrics.put("smoothed", (double)
                votes.stream().filter(vote -> vote.labelProbability() != null).count());
        List<ObjectNode> rows = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            rows.add(voted(pairs.get(i), strengths.get(i), votes.get(i)));
        }
        return rows;
    }

    private ObjectNode voted(Pair pair, Strength strength, Vote vote) {
        ObjectNode row = row(pair, vote.flipped());
        putIfGiven(row, "labelProbability", vote.labelProbability());
        putIfGiven(row, "margin", vote.margin());
        ObjectNode votes = ((ObjectNode) row.path("provenance")).putObject("votes");
        pair.gaps().forEach(votes.putObject("gaps")::put);
        votes.put("mean", strength.mean()).put("deviation", strength.deviation());
        return row;
    }

    /** What the data said of the pair, said of it the other way round. */
    private static void turn(ObjectNode row) {
        if (row.path("margin").isNumber()) {
            row.put("margin", -row.path("margin").asDouble());
        }
        if (row.path("labelProbability").isNumber()) {
            row.put("labelProbability", 1 - row.path("labelProbability").asDouble());
        }
    }

    private static void putIfGiven(ObjectNode row, String field, @Nullable Double value) {
        if (value != null) {
            row.put(field, value);
        }
    }

    /**
     * Gaps in {@code provenance} are those of the pair as it was given; that it was flipped is said there.
     *
     * @param flipped whether its completions change places
     */
    private ObjectNode row(Pair pair, boolean flipped) {
        JsonNode line = pair.chosen().row().line();
        ObjectNode row = RowOrigin.bare(line);
        row.put("chosen", flipped ? pair.rejected().text() : pair.chosen().text());
        row.put("rejected", flipped ? pair.chosen().text() : pair.rejected().text());
        if (flipped) {
            turn(row);
        }
        ObjectNode provenance = origin.provenance(row);
        provenance.put("flipped", flipped);
        provenance.set("chosen", (flipped ? pair.rejected() : pair.chosen()).told());
        provenance.set("rejected", (flipped ? pair.chosen() : pair.rejected()).told());
        if (line.has("provenance")) {
            provenance.set("before", line.path("provenance"));
        }
        return row;
    }
}
