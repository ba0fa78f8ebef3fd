package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.ModelScore;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.trainer.collection.HeldOutAssessor.Assessed;
import dev.tribunal.trainer.feasibility.Constraints;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.gradient.TaskUpdate.Weighed;
import dev.tribunal.trainer.reward.Score;
import dev.tribunal.trainer.reward.Scores;
import dev.tribunal.trainer.rollout.BaselineCompletion;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rollouts as they are stored.
 *
 * @param policyVersion committed steps of the policy that sampled them
 */
record Episodes(String runId, String stage, int step, Split split, int policyVersion) {

    List<EpisodeResource> of(RunSpec.Task task, List<Group> groups, Map<Rollout, Weighed> weights) {
        List<EpisodeResource> episodes = new ArrayList<>();
        for (Group group : groups) {
            for (Rollout rollout : group.rollouts()) {
                episodes.add(of(task, group, rollout, weights.get(rollout), null));
            }
        }
        return episodes;
    }

    /** Of an evaluation, where nothing is learnt. */
    List<EpisodeResource> evaluated(
            RunSpec.Task task, List<Group> groups, IdentityHashMap<Rollout, Assessed> assessed) {
        return groups.stream()
                .flatMap(group ->
                        group.rollouts().stream().map(rollout -> of(task, group, rollout, null, assessed.get(rollout))))
                .toList();
    }

    /** @param weighted absent if the rollout left the batch */
    EpisodeResource of(RunSpec.Task task, Group group, Rollout rollout, @Nullable Weighed weighted) {
        return of(task, group, rollout, weighted, null);
    }

    private EpisodeResource of(
            RunSpec.Task task, Group group, Rollout rollout, @Nullable Weighed weighted, @Nullable Assessed assessed) {
        Completion completion = rollout.completion();
        BaselineCompletion baseline = group.baselineCompletion();
        List<RunSpec.RewardModel> models = task.allRewardModels();
        return new EpisodeResource(
                id(task, group, rollout),
                stage,
                step,
                task.name(),
                split,
                group.prompt().index(),
                rollout.sample(),
                policyVersion,
                group.prompt().messages(),
                completion.text(),
                Objects.requireNonNull(completion.asText().finishReason()),
                IntStream.of(completion.ids()).boxed().toList(),
                boxed(completion.logProbs()),
                boxed(rollout.referenceLogProbs()),
                rollout.scores().ofOnly(),
                rollout.scores().error(),
                models.size() == 1 ? models.getFirst().model() : null,
                models.stream()
                        .map(model -> score(model, rollout.scores(), baseline))
                        .toList(),
                baseline == null ? null : baseline.text(),
                baseline == null ? null : baseline.scores().ofOnly(),
                group.reward(rollout),
                group.calibratedReward(rollout),
                weighted == null ? null : weighted.regularizedReward(),
                rollout.logRatio(),
                Constraints.asBoolean(rollout.feasibility()),
                rollout.verdicts(),
                weighted == null ? 0 : weighted.weight(),
                weighted == null ? null : weighted.role(),
                assessed == null ? null : assessed.scores(),
                assessed == null ? null : assessed.verdicts());
    }

    private static ModelScore score(RunSpec.RewardModel model, Scores scores, @Nullable BaselineCompletion baseline) {
        Score own = Objects.requireNonNull(scores.byModel().get(model.name()), "every reward model is asked");
        Score ofBaseline = baseline == null ? null : baseline.scores().byModel().get(model.name());
        return new ModelScore(
                model.name(), model.model(), own.value(), own.error(), ofBaseline == null ? null : ofBaseline.value());
    }

    private String id(RunSpec.Task task, Group group, Rollout rollout) {
        return "ep_%s_%06d_%s_%s_%06d_%03d"
                .formatted(
                        runId,
                        step,
                        switch (split) {
                            case TRAIN -> "t";
                            case HELD_OUT -> "h";
                        },
                        task.name(),
                        group.prompt().index(),
                        rollout.sample());
    }

    private static List<Float> boxed(float[] values) {
        List<Float> boxed = new ArrayList<>(values.length);
        for (float value : values) {
            boxed.add(value);
        }
        return boxed;
    }
}
