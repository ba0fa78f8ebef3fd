package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.trainer.collection.AskedGroup;
import dev.tribunal.trainer.journal.RunJournal.StepAbandonedException;
import dev.tribunal.trainer.judgement.TaskJudges;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.reward.RewardScorer;
import dev.tribunal.trainer.reward.Scores;
import dev.tribunal.trainer.task.Assessor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * What a stage's reward models and judges say of completions.
 *
 * @param stage its name
 * @param models by which it scores; may be none
 * @param judges that it asks; may be none
 * @param step committed steps of the run, for judges
 */
record StageAssessment(
        TrainingRun run, String stage, List<RunSpec.RewardModel> models, List<RunSpec.Judge> judges, int step) {

    /** Completions that are asked about between two looks at whether the run is to pause. */
    private static final int AT_ONCE = 128;

    /** A completion to ask about, under an id of its own. */
    record Asked(String id, Prompt row, CompletionText completion) {}

    /**
     * @param metrics gets the mean score of each reward model, and the share of the decided completions that are feasible
     * @return one a completion, in order
     */
    List<Labelled> of(List<Asked> items, Map<String, Double> metrics) {
        List<Labelled> labelled = labelled(items);
        warn(labelled);
        measure(labelled, metrics);
        return labelled;
    }

    private List<Labelled> labelled(List<Asked> items) {
        Map<String, RewardScorer> scorers = new LinkedHashMap<>();
        for (RunSpec.RewardModel model : models) {
            scorers.put(
                    model.name(),
                    run.rewardService().scorer(VersionedName.parse(run.inputs().rewardModel(model.model()))));
        }
        Assessor assessor = new Assessor(
                run.runId(),
                stage,
                scorers,
                new RewardChain(List.of()),
                new TaskJudges(run.judges(), judges, false),
                run.journal());
        List<Labelled> all = new ArrayList<>();
        while (all.size() < items.size()) {
            run.journal().awaitPermission();
            run.journal().phase("labelling: " + all.size() + " of " + items.size() + " completions");
            List<Asked> next = items.subList(all.size(), Math.min(all.size() + AT_ONCE, items.size()));
            try {
                all.addAll(answered(next, assessor));
            } catch (StepAbandonedException pausing) {
                // The run is to pause: what is at hand is asked again afterwards.
            }
        }
        return all;
    }

    private List<Labelled> answered(List<Asked> items, Assessor assessor) {
        List<CompletableFuture<List<Scores>>> scores = new ArrayList<>();
        List<CompletableFuture<List<List<JudgeVerdict>>>> verdicts = new ArrayList<>();
        for (Asked asked : items) {
            List<Assessor.Item> item = List.of(new Assessor.Item(step, asked.id(), asked.row(), asked.completion()));
            scores.add(assessor.scores(item));
            verdicts.add(assessor.verdicts(item));
        }
        assessor.flush();
        try {
            return IntStream.range(0, items.size())
                    .mapToObj(i -> new Labelled(
                            items.get(i).row(),
                            items.get(i).completion().text(),
                            AskedGroup.answer(scores.get(i), run.journal()).getFirst(),
                            AskedGroup.answer(verdicts.get(i), run.journal()).getFirst()))
                    .toList();
        } finally { // where all is answered, this changes nothing
            scores.forEach(each -> each.cancel(false));
            verdicts.forEach(each -> each.cancel(false));
        }
    }

    private void warn(List<Labelled> labelled) {
        long undecided = labelled.stream().filter(Labelled::isUndecided).count();
        if (undecided > 0) {
            run.journal()
                    .warn(
                            "judge_undecided",
                            "stage " + stage + ": " + undecided + " of " + labelled.size()
                                    + " completions have undecided verdicts and are left out");
        }
        long failed =
                labelled.stream().filter(each -> each.scores().error() != null).count();
        if (failed > 0) {
            run.journal()
                    .warn(
                            "score_failed",
                            "stage " + stage + ": " + failed + " of " + labelled.size()
                                    + " completions could not be scored");
        }
    }

    private void measure(List<Labelled> labelled, Map<String, Double> metrics) {
        for (RunSpec.RewardModel each : models) {
            String model = each.name();
            labelled.stream()
                    .filter(Labelled::isScored)
                    .mapToDouble(of -> of.value(model))
                    .average()
                    .ifPresent(mean -> metrics.put(MetricNames.SCORE + "." + model, mean));
        }
        if (!judges.isEmpty()) {
            labelled.stream()
                    .filter(each -> !each.isUndecided())
                    .mapToInt(each -> each.isFeasible() ? 1 : 0)
                    .average()
                    .ifPresent(rate -> metrics.put(MetricNames.FEASIBLE_RATE, rate));
        }
    }
}
