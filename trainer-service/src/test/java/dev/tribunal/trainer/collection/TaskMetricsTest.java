package dev.tribunal.trainer.collection;

import static dev.tribunal.contracts.judge.v1.Verdict.NOT_ASKED;
import static dev.tribunal.contracts.judge.v1.Verdict.SATISFIED;
import static dev.tribunal.contracts.judge.v1.Verdict.UNDECIDED;
import static dev.tribunal.contracts.judge.v1.Verdict.VIOLATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Overlong;
import dev.tribunal.languagemodel.sampling.FinishReason;
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
import java.util.OptionalDouble;
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

    @Test
    void meansHaveTheirSpread() {
        Map<String, Double> metrics = metrics(
                sampled(FinishReason.STOP, -1, -1),
                sampled(FinishReason.STOP, -2, -1),
                sampled(FinishReason.LENGTH, -1, -3, -1, -3));

        // Lengths 1, 1 and 2, of which the third was cut off; log-ratios 0, -1 and 2 + 2.
        assertThat(metrics)
                .containsEntry(MetricNames.COMPLETION_TOKENS, 4 / 3.0)
                .containsEntry(MetricNames.COMPLETION_TOKENS + ".min", 1.0)
                .containsEntry(MetricNames.COMPLETION_TOKENS + ".p10", 1.0)
                .containsEntry(MetricNames.COMPLETION_TOKENS + ".p90", 2.0)
                .containsEntry(MetricNames.COMPLETION_TOKENS + ".max", 2.0)
                .containsEntry(MetricNames.COMPLETION_TOKENS_FINISHED, 1.0)
                .containsEntry(MetricNames.COMPLETION_TOKENS_FINISHED + ".std", 0.0)
                .containsEntry(MetricNames.KL, 1.0)
                .containsEntry(MetricNames.BEYOND_LEASH_RATE, 1 / 3.0)
                .containsEntry(MetricNames.ENTROPY, 5 / 4.0)
                .containsEntry(MetricNames.DISTINCT_PROMPTS, 1.0);
        assertThat(metrics.get(MetricNames.COMPLETION_TOKENS + ".std")).isCloseTo(Math.sqrt(1 / 3.0), within(1e-12));
        // exp(r) - 1 - r of r = 1, and twice of r = -2.
        assertThat(metrics.get(MetricNames.KL_K3)).isCloseTo((Math.E - 2 + 2 * (Math.exp(-2) + 1)) / 3, within(1e-12));
    }

    /** @param logProbs of each token under the policy and under the reference, in turns */
    private static Rollout sampled(FinishReason finish, float... logProbs) {
        int tokens = logProbs.length / 2;
        float[] policy = new float[tokens];
        float[] reference = new float[tokens];
        for (int t = 0; t < tokens; t++) {
            policy[t] = logProbs[2 * t];
            reference[t] = logProbs[2 * t + 1];
        }
        return new Rollout(
                0, new Completion(new int[tokens], policy, "a", finish), reference, scored(), List.of(), Overlong.KEEP);
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
        Group group = new Group(prompt, new int[] {3}, baseline, RewardChain.DEFAULT, List.of(rollouts), 0);
        return new TaskMetrics("t", List.of(group))
                .training(OptionalDouble.of(1)).stream().collect(Collectors.toMap(Metric::name, Metric::value));
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
