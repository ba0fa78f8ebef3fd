package dev.tribunal.trainer.task;

import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.methods.loss.ImportanceWeights;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import dev.tribunal.trainer.rollout.BaselineCompletion;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One task's minibatch of a step: the groups as its method sees them, and what each of their rollouts is to the engine and
 * to the store.
 */
public final class Batch {

    private final List<RatedGroup> groups = new ArrayList<>();
    private final IdentityHashMap<RatedRollout, TokenSequence> sequences = new IdentityHashMap<>();
    private final IdentityHashMap<RatedRollout, Origin> origins = new IdentityHashMap<>();

    /** @param rollout absent: the group's baseline completion */
    public record Origin(Group group, @Nullable Rollout rollout) {}

    /**
     * Of sampled groups, with the rollouts that are in the batch.
     *
     * @param withBaselines whether the method may train on the baseline completion
     * @param critic absent if the method has none
     */
    static Batch of(List<Group> groups, boolean withBaselines, @Nullable Critic critic) {
        Batch batch = new Batch();
        List<List<TokenSequence>> completions =
                groups.stream().map(Batch::completions).toList();
        List<double[][]> values = critic == null
                ? List.of()
                : critic.values(completions.stream().flatMap(List::stream).toList());
        int at = 0;
        for (int i = 0; i < groups.size(); i++) {
            int end = at + completions.get(i).size();
            batch.add(
                    groups.get(i), completions.get(i), withBaselines, critic == null ? null : values.subList(at, end));
            at = end;
        }
        return batch;
    }

    private static List<TokenSequence> completions(Group group) {
        return group.members().stream()
                .map(rollout -> new TokenSequence(
                        group.promptIds(), rollout.completion().ids()))
                .toList();
    }

    /** @param values one a completion; absent without a critic */
    private void add(
            Group group, List<TokenSequence> completions, boolean withBaseline, @Nullable List<double[][]> values) {
        List<RatedRollout> rated = new ArrayList<>();
        List<Rollout> members = group.members();
        for (int i = 0; i < members.size(); i++) {
            rated.add(add(
                    group.rated(members.get(i), values == null ? null : values.get(i)),
                    completions.get(i),
                    new Origin(group, members.get(i))));
        }
        BaselineCompletion baseline = group.baselineCompletion();
        if (withBaseline && baseline != null) {
            rated.add(add(
                    group.ratedBaselineCompletion(),
                    new TokenSequence(group.promptIds(), baseline.ids()),
                    new Origin(group, null)));
        }
        groups.add(new RatedGroup(rated, group.undecided(), group.key(), PairLabel.CERTAIN));
    }

    /** Adds a group that a file gave. */
    void add(RatedGroup group, List<TokenSequence> ofRollouts) {
        for (int i = 0; i < ofRollouts.size(); i++) {
            sequences.put(group.rollouts().get(i), ofRollouts.get(i));
        }
        groups.add(group);
    }

    private RatedRollout add(RatedRollout rated, TokenSequence sequence, Origin origin) {
        sequences.put(rated, sequence);
        origins.put(rated, origin);
        return rated;
    }

    public static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    public List<RatedGroup> groups() {
        return List.copyOf(groups);
    }

    public List<TokenSequence> sequences(LossTerm term) {
        return term.members().stream()
                .map(member -> Objects.requireNonNull(sequences.get(member.rollout()), "a rollout of this batch"))
                .toList();
    }

    /** A term's slopes, each weighted by how much likelier the policy finds its token than what drew it, where it was not it. */
    public Slopes corrected(LossTerm term, Slopes slopes) {
        List<TokenSlopes> corrected = new ArrayList<>();
        boolean any = false;
        for (int i = 0; i < term.members().size(); i++) {
            TokenSlopes own = slopes.rollouts().get(i);
            ImportanceWeights importance = importance(term.members().get(i).rollout());
            any |= importance != null;
            corrected.add(importance == null ? own : importance.weighted(own));
        }
        return any ? new Slopes(slopes.loss(), corrected) : slopes;
    }

    private @Nullable ImportanceWeights importance(RatedRollout rollout) {
        Origin origin = origins.get(rollout);
        return origin == null || origin.rollout() == null
                ? null
                : origin.rollout().completion().importance();
    }

    /** Absent for what a file gave. */
    @Nullable
    public Origin origin(RatedRollout rollout) {
        return origins.get(rollout);
    }
}
