package dev.tribunal.trainer.collection;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.ModelScore;
import dev.tribunal.contracts.runs.v1.spec.Evaluation.HeldOutRewardModel;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.reward.Score;
import dev.tribunal.trainer.reward.Scores;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import dev.tribunal.trainer.task.Assessor;
import dev.tribunal.trainer.task.Assessor.Item;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * What judges and reward models that do not train a task say of its held-out completions: nothing that they say goes into
 * a reward.
 *
 * @param models in the order of the spec
 */
public record HeldOutAssessor(Assessor assessor, List<HeldOutRewardModel> models) {

    /** One completion's. */
    public record Assessed(List<ModelScore> scores, List<JudgeVerdict> verdicts) {}

    public IdentityHashMap<Rollout, Assessed> assess(int step, List<Group> groups, RunJournal journal) {
        List<Rollout> rollouts = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        for (Group group : groups) {
            for (Rollout rollout : group.rollouts()) {
                rollouts.add(rollout);
                items.add(new Item(
                        step,
                        "h" + group.prompt().index() + ".s" + rollout.sample() + ".apart",
                        group.prompt(),
                        rollout.completion().asText()));
            }
        }
        CompletableFuture<List<Scores>> scores =
                models.isEmpty() ? CompletableFuture.completedFuture(List.of()) : assessor.scores(items);
        CompletableFuture<List<List<JudgeVerdict>>> verdicts = assessor.verdicts(items);
        assessor.flush();
        try {
            List<Scores> scored = AskedGroup.answer(scores, journal);
            List<List<JudgeVerdict>> judged = AskedGroup.answer(verdicts, journal);
            IdentityHashMap<Rollout, Assessed> all = new IdentityHashMap<>();
            for (int i = 0; i < rollouts.size(); i++) {
                all.put(
                        rollouts.get(i),
                        new Assessed(models.isEmpty() ? List.of() : modelScores(scored.get(i)), judged.get(i)));
            }
            return all;
        } finally {
            scores.cancel(false);
            verdicts.cancel(false);
        }
    }

    private List<ModelScore> modelScores(Scores scores) {
        return models.stream()
                .map(model -> {
                    Score score = Objects.requireNonNull(scores.byModel().get(model.name()), "every one is asked");
                    return new ModelScore(model.name(), model.model(), score.value(), score.error(), null);
                })
                .toList();
    }

    public List<Metric> metrics(String task, List<Group> groups, IdentityHashMap<Rollout, Assessed> assessed) {
        List<Metric> metrics = new ArrayList<>();
        for (HeldOutRewardModel model : models) {
            TaskMetrics.addWithInterval(
                    metrics,
                    task,
                    MetricNames.HELD_OUT_REWARD_MODEL + "." + model.name(),
                    groups.stream()
                            .map(group -> scores(of(group, assessed), model.name()))
                            .toList());
        }
        List<Map<String, List<Integer>>> byPrompt = groups.stream()
                .map(group -> TaskMetrics.violations(of(group, assessed).map(Assessed::verdicts)))
                .toList();
        Set<String> judges = new LinkedHashSet<>();
        byPrompt.forEach(ofPrompt -> judges.addAll(ofPrompt.keySet()));
        for (String judge : judges) {
            TaskMetrics.addWithInterval(
                    metrics,
                    task,
                    MetricNames.HELD_OUT_JUDGE + "." + judge,
                    byPrompt.stream()
                            .map(ofPrompt -> ofPrompt.getOrDefault(judge, List.of()).stream()
                                    .mapToDouble(violated -> violated)
                                    .toArray())
                            .toList());
        }
        return metrics;
    }

    private static Stream<Assessed> of(Group group, IdentityHashMap<Rollout, Assessed> assessed) {
        return group.rollouts().stream().map(rollout -> Objects.requireNonNull(assessed.get(rollout)));
    }

    private static double[] scores(Stream<Assessed> assessed, String model) {
        return assessed.flatMap(one -> one.scores().stream())
                .filter(score -> score.name().equals(model) && score.score() != null)
                .mapToDouble(score -> Objects.requireNonNull(score.score()).value())
                .toArray();
    }
}
