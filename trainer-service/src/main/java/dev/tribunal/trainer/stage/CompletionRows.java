package dev.tribunal.trainer.stage;

import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.methods.label.HigherOverLower;
import dev.tribunal.methods.label.HigherOverLower.Comparison;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Pairs and demonstrations from the completions of a prompt, of which none is undecided. */
record CompletionRows(RowOrigin origin) {

    /** By prompt, in the order of the first row of each. */
    static List<List<Labelled>> groups(List<Labelled> labelled) {
        Map<List<Object>, List<Labelled>> groups = new LinkedHashMap<>();
        labelled.forEach(each -> groups.computeIfAbsent(
                        List.of(
                                each.row().messages(),
                                each.row().reference(),
                                each.row().metadata()),
                        key -> new ArrayList<>())
                .add(each));
        return List.copyOf(groups.values());
    }

    Stream<ObjectNode> bestOverWorst(List<Labelled> group) {
        List<Labelled> usable = scored(feasible(group));
        return highest(usable).stream()
                .flatMap(chosen -> lowest(usable).stream()
                        .filter(rejected -> value(chosen) != value(rejected))
                        .flatMap(rejected -> pair(chosen, rejected)));
    }

    Stream<ObjectNode> feasibleOverInfeasible(List<Labelled> group) {
        List<Labelled> infeasible =
                group.stream().filter(each -> !each.isFeasible()).toList();
        return highest(known(feasible(group))).stream()
                .flatMap(chosen -> lowest(known(infeasible)).stream().flatMap(rejected -> pair(chosen, rejected)));
    }

    Stream<ObjectNode> best(List<Labelled> group) {
        return highest(scored(feasible(group))).map(this::demonstration).stream();
    }

    Stream<ObjectNode> demonstrationOverGeneration(List<Labelled> group) {
        return group.stream().flatMap(this::underDemonstration);
    }

    /**
     * @param key of the draw for this prompt
     * @param count told of each comparison, and whether it is a tie
     */
    Stream<ObjectNode> higherOverLower(List<Labelled> group, HigherOverLower labeller, long key, Comparisons count) {
        List<Labelled> usable = scored(feasible(group));
        List<Comparison> different = HigherOverLower.all(usable.size()).stream()
                .filter(pair -> !usable.get(pair.first())
                        .text()
                        .equals(usable.get(pair.second()).text()))
                .toList();
        return CounterRandom.shuffled(different, key).stream()
                .limit(labeller.comparisons())
                .flatMap(drawn -> compared(usable.get(drawn.first()), usable.get(drawn.second()), count));
    }

    /** Counts what was annotated. */
    static final class Comparisons {
        private int all;
        private int ties;

        int all() {
            return all;
        }

        int ties() {
            return ties;
        }
    }

    private Stream<ObjectNode> compared(Labelled one, Labelled other, Comparisons count) {
        count.all++;
        if (value(one) == value(other)) {
            count.ties++;
            return Stream.empty();
        }
        return value(one) > value(other) ? pair(one, other) : pair(other, one);
    }

    private static List<Labelled> feasible(List<Labelled> group) {
        return group.stream().filter(Labelled::isFeasible).toList();
    }

    private static List<Labelled> scored(List<Labelled> group) {
        return group.stream().filter(Labelled::isScored).toList();
    }

    /** Those with scores, or all of them where none has one. */
    private static List<Labelled> known(List<Labelled> group) {
        List<Labelled> scored = scored(group);
        return scored.isEmpty() ? group : scored;
    }

    private static double value(Labelled labelled) {
        return Objects.requireNonNullElse(
                labelled.value(), 0.0); // only where none of a list has one: the first is taken
    }

    /** The first of those with the highest score. */
    private static Optional<Labelled> highest(List<Labelled> group) {
        return group.stream().max(Comparator.comparingDouble(CompletionRows::value));
    }

    private static Optional<Labelled> lowest(List<Labelled> group) {
        return group.stream().min(Comparator.comparingDouble(CompletionRows::value));
    }

    private Stream<ObjectNode> pair(Labelled chosen, Labelled rejected) {
        if (chosen.text().equals(rejected.text())) {
            return Stream.empty();
        }
        ObjectNode row = RowOrigin.bare(chosen.row().line());
        row.put("chosen", chosen.text()).put("rejected", rejected.text());
        ObjectNode provenance = origin.provenance(row);
        provenance.set("chosen", generated(chosen));
        provenance.set("rejected", generated(rejected));
        shared(chosen, rejected, provenance);
        return Stream.of(row);
    }

    /** What two leaves of one tree have in common. */
    private static void shared(Labelled chosen, Labelled rejected, ObjectNode provenance) {
        Optional<BranchPath> one = BranchPath.of(chosen.row().line().path("provenance"));
        Optional<BranchPath> other = BranchPath.of(rejected.row().line().path("provenance"));
        if (one.isPresent() && other.isPresent()) {
            ArrayNode path = provenance.putArray("sharedPath");
            one.get().sharedPath(other.get()).forEach(path::add);
            provenance.put("sharedTokens", one.get().sharedTokens(other.get()));
        }
    }

    private Stream<ObjectNode> underDemonstration(Labelled labelled) {
        String demonstration = labelled.row().line().path("demonstration").asString();
        if (demonstration.equals(labelled.text())) {
            return Stream.empty();
        }
        ObjectNode row = RowOrigin.bare(labelled.row().line());
        row.put("chosen", demonstration).put("rejected", labelled.text());
        origin.provenance(row).set("rejected", generated(labelled));
        return Stream.of(row);
    }

    private ObjectNode demonstration(Labelled best) {
        ObjectNode row = RowOrigin.bare(best.row().line());
        row.put("completion", best.text());
        origin.provenance(row).set("completion", generated(best));
        return row;
    }

    private static ObjectNode generated(Labelled labelled) {
        ObjectNode told = labelled.told();
        told.set("generated", labelled.row().line().path("provenance"));
        return told;
    }
}
