package dev.tribunal.methods.rollout;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The completions of one prompt that are in the batch. A pair is a group of 2, a demonstration a group of 1, and the
 * prompt's baseline completion one more rollout.
 *
 * @param undecided rollouts of the prompt that left the batch because a verdict was missing
 * @param key of the random numbers that a method may draw for the group: the same step draws the same again
 * @param label what the data says of a given pair beside which completion is chosen
 */
public record RatedGroup(List<RatedRollout> rollouts, int undecided, long key, PairLabel label) {

    public RatedGroup {
        rollouts = List.copyOf(rollouts);
        if (undecided < 0) {
            throw new IllegalArgumentException("undecided is " + undecided + ", but counts rollouts");
        }
        for (RatedRollout rollout : rollouts) {
            if (rollout.feasibility() == Feasibility.UNDECIDED
                    && rollout.provenance() != Provenance.BASELINE_COMPLETION) {
                throw new IllegalArgumentException(
                        "an undecided rollout leaves the batch: count it in 'undecided' and leave it out");
            }
        }
    }

    public RatedGroup(List<RatedRollout> rollouts, int undecided) {
        this(rollouts, undecided, 0, PairLabel.CERTAIN);
    }

    public RatedGroup(List<RatedRollout> rollouts) {
        this(rollouts, 0);
    }

    public RatedGroup(RatedRollout... rollouts) {
        this(List.of(rollouts), 0);
    }

    /** With other rollouts of the same prompt, in order. */
    public RatedGroup with(List<RatedRollout> others) {
        return new RatedGroup(others, undecided, key, label);
    }

    /** All but the baseline completion. */
    public List<RatedRollout> candidates() {
        return rollouts.stream()
                .filter(rollout -> rollout.provenance() != Provenance.BASELINE_COMPLETION)
                .toList();
    }

    /** All of a minibatch but baseline completions, prompt by prompt. */
    public static List<RatedRollout> candidates(List<RatedGroup> batch) {
        return batch.stream().flatMap(group -> group.candidates().stream()).toList();
    }

    /** The reward models of a minibatch, in the order of their names; none if they could score nothing of it. */
    public static SortedSet<String> objectives(List<RatedGroup> batch) {
        SortedSet<String> names = new TreeSet<>();
        candidates(batch).forEach(rollout -> names.addAll(rollout.objectives().keySet()));
        return names;
    }

    public Optional<RatedRollout> baselineCompletion() {
        return first(Provenance.BASELINE_COMPLETION);
    }

    public Optional<RatedRollout> first(Provenance provenance) {
        return rollouts.stream()
                .filter(rollout -> rollout.provenance() == provenance)
                .findFirst();
    }
}
