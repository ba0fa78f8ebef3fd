package dev.tribunal.trainer.rollout;

import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.methods.rollout.Finish;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.RatedRollout;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.reward.Scores;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rollouts of one prompt.
 *
 * @param promptIds the prompt as the policy read it
 * @param baselineCompletion absent where the task has none
 * @param rewards how scores become rewards
 * @param key of the random numbers that a method draws for the group
 */
public record Group(
        Prompt prompt,
        int[] promptIds,
        @Nullable BaselineCompletion baselineCompletion,
        RewardChain rewards,
        List<Rollout> rollouts,
        long key) {

    public Group {
        rollouts = List.copyOf(rollouts);
    }

    /**
     * The rollouts that are in the batch. A feasible one needs a reward; a decided violation has the reward 0 by eq. 8, so
     * it stays also where no reward model could score it, and is pushed down. The others leave; nothing is made up.
     */
    public List<Rollout> members() {
        return rollouts.stream()
                .filter(rollout -> !rollout.isMasked())
                .filter(rollout -> switch (rollout.feasibility()) {
                    case FEASIBLE -> reward(rollout) != null;
                    case INFEASIBLE -> true;
                    case UNDECIDED -> false;
                })
                .toList();
    }

    /** How many left the batch because a judge could not tell. */
    public int undecided() {
        return (int) rollouts.stream()
                .filter(rollout -> rollout.feasibility() == Feasibility.UNDECIDED)
                .count();
    }

    /** What the rollout is worth, its constraints aside; absent if a score is that it is made of. */
    public @Nullable Double reward(Rollout rollout) {
        return rewards.reward(rollout.scores().values(), ofBaselineCompletion(), logRatio(rollout));
    }

    /** CGPO, eq. 5; absent if the rollout or the baseline completion has no score. */
    public @Nullable Double calibratedReward(Rollout rollout) {
        return rewards.calibratedReward(rollout.scores().values(), ofBaselineCompletion(), logRatio(rollout));
    }

    /** What the group's rollouts are ranked by; NaN if it has no score. */
    public double rank(Rollout rollout) {
        return rewards.rank(rollout.scores().values(), ofBaselineCompletion(), logRatio(rollout));
    }

    /** Without a reference there is none, and a chain that takes it is refused when the run is created. */
    private static double logRatio(Rollout rollout) {
        Double logRatio = rollout.logRatio();
        return logRatio == null ? Double.NaN : logRatio;
    }

    /**
     * A rollout as the method sees it.
     *
     * @param values {@code [critic][tokens]}; absent without a critic
     */
    @SuppressWarnings("NullAway") // It does not read from class files which arrays may be null.
    public RatedRollout rated(Rollout rollout, double @Nullable [][] values) {
        Double reward = reward(rollout);
        return new RatedRollout(
                raw(rollout.scores()),
                rewards.objectives(rollout.scores().values(), ofBaselineCompletion(), logRatio(rollout)),
                rank(rollout),
                reward == null ? 0 : reward,
                rollout.feasibility(),
                doubles(rollout.completion().logProbs()),
                doubles(rollout.referenceLogProbs()),
                values,
                finish(rollout.completion().finishReason()),
                Provenance.SAMPLED);
    }

    /**
     * The baseline completion as the method sees it. The policy did not sample it: what it finds of it now is what the
     * forward pass will say.
     */
    @SuppressWarnings("NullAway") // It does not read from class files which arrays may be null.
    public RatedRollout ratedBaselineCompletion() {
        BaselineCompletion baseline = Objects.requireNonNull(baselineCompletion, "the group has one");
        Map<String, ScoreValue> values = baseline.scores().values();
        Double reward = rewards.reward(values, values, 0);
        return new RatedRollout(
                raw(baseline.scores()),
                rewards.objectives(values, values, 0),
                rewards.rank(values, values, 0),
                reward == null ? 0.5 : reward, // sigma(0), its calibrated reward against itself, whatever its score
                baseline.feasibility(),
                new double[baseline.ids().length],
                new double[0],
                null,
                finish(baseline.finishReason()),
                Provenance.BASELINE_COMPLETION);
    }

    private static Map<String, Double> raw(Scores scores) {
        Map<String, Double> raw = new HashMap<>();
        scores.values().forEach((model, value) -> raw.put(model, value.value()));
        return raw;
    }

    private static Finish finish(FinishReason reason) {
        return switch (reason) {
            case STOP -> Finish.STOPPED;
            case LENGTH -> Finish.LENGTH;
        };
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    /** The scores of the baseline completion; empty if there is none, or a score is missing. */
    public Map<String, ScoreValue> ofBaselineCompletion() {
        return baselineCompletion == null
                ? Map.of()
                : baselineCompletion.scores().values();
    }

    /** With another baseline completion. */
    public Group against(BaselineCompletion other) {
        return new Group(prompt, promptIds, other, rewards, rollouts, key);
    }

    /**
     * The groups of a task's minibatch, with rewards that look at all of it where the task's do: at the rollouts that have
     * scores and are decided.
     */
    public static List<Group> together(List<Group> groups) {
        if (groups.stream().noneMatch(group -> group.rewards.looksAtBatch())) {
            return groups;
        }
        List<RewardChain> chains = RewardChain.within(
                groups.stream().map(Group::rewards).toList(),
                groups.stream().map(Group::scored).toList());
        return IntStream.range(0, groups.size())
                .mapToObj(i -> groups.get(i).with(chains.get(i)))
                .toList();
    }

    private Group with(RewardChain other) {
        return new Group(prompt, promptIds, baselineCompletion, other, rollouts, key);
    }

    private List<RewardChain.Completion> scored() {
        return members().stream()
                .filter(rollout -> reward(rollout) != null)
                .map(rollout -> new RewardChain.Completion(
                        rollout.scores().values(), ofBaselineCompletion(), logRatio(rollout)))
                .toList();
    }
}
