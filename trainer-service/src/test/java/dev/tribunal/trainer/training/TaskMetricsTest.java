package dev.tribunal.trainer.training;

import static dev.tribunal.contracts.judge.v1.Verdict.NOT_ASKED;
import static dev.tribunal.contracts.judge.v1.Verdict.SATISFIED;
import static dev.tribunal.contracts.judge.v1.Verdict.UNDECIDED;
import static dev.tribunal.contracts.judge.v1.Verdict.VIOLATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.contracts.runs.v1.RunSpec.Overlong;
import dev.tribunal.languagemodel.FinishReason;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.reward.Score;
import dev.tribunal.trainer.reward.Scores;
import dev.tribunal.trainer.rollout.BaselineCompletion;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TaskMetricsTest {

    @Test
    void aSickJudgeDoesNotPullTheFeasibleRateToZero() {
        Map<String, Double> metrics = metrics(
                rollout(SATISFIED, SATISFIED),
                rollout(VIOLATED, SATISFIED),
                rollout(VIOLATED, UNDECIDED),
                rollout(VIOLATED, UNDECIDED),
                rollout(SATISFIED, UNDECIDED));

        assertThat(metrics)
                .containsEntry(MetricNames.FEASIBLE_RATE, 0.5)
                .containsEntry(MetricNames.UNDECIDED_RATE, 0.6)
                .containsEntry(MetricNames.VIOLATION_RATE + ".rule", 0.6)
                .containsEntry(MetricNames.VIOLATION_RATE + ".other", 0.0);
    }

    @Test
    void whetherASickJudgeTakesViolatedRolloutsMoreOftenIsTold() {
        assertThat(metrics(
                        rollout(VIOLATED, UNDECIDED),
                        rollout(VIOLATED, UNDECIDED),
                        rollout(VIOLATED, SATISFIED),
                        rollout(SATISFIED, UNDECIDED),
                        rollout(SATISFIED, SATISFIED)))
                .containsEntry(MetricNames.UNDECIDED_RATE_VIOLATED, 2 / 3.0)
                .containsEntry(MetricNames.UNDECIDED_RATE_SATISFIED, 1 / 2.0);
        // What was found violated first is never shown to the sick judge, so that all that leaves is satisfied
        // otherwise.
        assertThat(metrics(rollout(VIOLATED, NOT_ASKED), rollout(SATISFIED, UNDECIDED), rollout(SATISFIED, UNDECIDED)))
                .containsEntry(MetricNames.UNDECIDED_RATE_VIOLATED, 0.0)
                .containsEntry(MetricNames.UNDECIDED_RATE_SATISFIED, 1.0);
        assertThat(metrics(rollout(VIOLATED, SATISFIED)))
                .doesNotContainKeys(MetricNames.UNDECIDED_RATE_VIOLATED, MetricNames.UNDECIDED_RATE_SATISFIED);
    }

    @Test
    void aJudgeThatWasNotAskedCountsNowhere() {
        assertThat(metrics(rollout(VIOLATED, NOT_ASKED), rollout(SATISFIED, VIOLATED), rollout(SATISFIED, SATISFIED)))
                .containsEntry(MetricNames.FEASIBLE_RATE, 1 / 3.0)
                .containsEntry(MetricNames.UNDECIDED_RATE, 0.0)
                .containsEntry(MetricNames.VIOLATION_RATE + ".rule", 1 / 3.0)
                .containsEntry(MetricNames.VIOLATION_RATE + ".other", 0.5);
    }

    @Test
    void whereNothingIsDecidedThereIsNoFeasibleRate() {
        assertThat(metrics(rollout(VIOLATED, UNDECIDED), rollout(SATISFIED, UNDECIDED)))
                .doesNotContainKey(MetricNames.FEASIBLE_RATE)
                .containsEntry(MetricNames.UNDECIDED_RATE, 1.0);
    }

    private static Map<String, Double> metrics(Rollout... rollouts) {
        Prompt prompt = new Prompt(
                0,
                List.of(Message.user("?")),
                Map.of(),
                Map.of(),
                null,
                null,
                null,
                new JsonMapper().createObjectNode());
        BaselineCompletion baseline = new BaselineCompletion("b", new int[] {1}, FinishReason.STOP, scored(), null);
        Group group = new Group(prompt, new int[] {3}, baseline, RewardChain.DEFAULT, List.of(rollouts));
        return new TaskMetrics("t", List.of(group))
                .training().stream().collect(Collectors.toMap(Metric::name, Metric::value));
    }

    private static Rollout rollout(Verdict rule, Verdict other) {
        Completion completion = new Completion(new int[] {4}, new float[] {-1}, "a", FinishReason.STOP);
        List<JudgeVerdict> verdicts = List.of(
                new JudgeVerdict("rule", "1", rule, null, null, null, 0, 1),
                new JudgeVerdict("other", "1", other, null, null, null, 0, 1));
        return new Rollout(0, completion, new float[] {-1}, scored(), verdicts, Overlong.KEEP);
    }

    private static Scores scored() {
        return Scores.of("goodness", Score.of(0));
    }
}
