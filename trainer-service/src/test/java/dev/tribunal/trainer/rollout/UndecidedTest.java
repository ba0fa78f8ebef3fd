package dev.tribunal.trainer.rollout;

import static dev.tribunal.contracts.judge.v1.Verdict.NOT_ASKED;
import static dev.tribunal.contracts.judge.v1.Verdict.SATISFIED;
import static dev.tribunal.contracts.judge.v1.Verdict.UNDECIDED;
import static dev.tribunal.contracts.judge.v1.Verdict.VIOLATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.FailurePolicy;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.OnShortage;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Overlong;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.trainer.feasibility.Constraints;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.reward.Score;
import dev.tribunal.trainer.reward.Scores;
import dev.tribunal.trainer.rollout.Shortages.ShortageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What judges that cannot tell do to a rollout, a group and a batch. */
class UndecidedTest {

    @Test
    void feasibleIsTheConjunctionOfTheVerdicts() {
        assertThat(Constraints.feasibility(List.of())).isEqualTo(Feasibility.FEASIBLE);
        assertThat(Constraints.feasibility(List.of(SATISFIED, SATISFIED))).isEqualTo(Feasibility.FEASIBLE);
        assertThat(Constraints.feasibility(List.of(SATISFIED, VIOLATED)))
                .as("a disjunction, as Algorithm 1 prints it, would pass this")
                .isEqualTo(Feasibility.INFEASIBLE);
        assertThat(Constraints.feasibility(List.of(SATISFIED, UNDECIDED))).isEqualTo(Feasibility.UNDECIDED);
        assertThat(Constraints.feasibility(List.of(UNDECIDED, VIOLATED)))
                .as("else a judge that is away would take the satisfied ones out of the batch and leave these in")
                .isEqualTo(Feasibility.UNDECIDED);
    }

    @Test
    void aJudgeThatWasNotAskedDecidesNothing() {
        assertThat(Constraints.feasibility(List.of(VIOLATED, NOT_ASKED))).isEqualTo(Feasibility.INFEASIBLE);
        assertThat(Constraints.feasibility(List.of(UNDECIDED, VIOLATED, NOT_ASKED)))
                .isEqualTo(Feasibility.UNDECIDED);
        assertThat(Constraints.feasibility(List.of(SATISFIED, NOT_ASKED)))
                .as("without a violation there is no reason not to ask: nobody may call it feasible")
                .isEqualTo(Feasibility.UNDECIDED);
    }

    @Test
    void aJudgeThatIsAlwaysSatisfiedChangesNothing() {
        for (Verdict verdict : Verdict.values()) {
            assertThat(Constraints.feasibility(List.of(verdict, SATISFIED)))
                    .isEqualTo(Constraints.feasibility(List.of(verdict)));
        }
    }

    @Test
    void undecidedAndUnscoredRolloutsLeaveTheBatch() {
        Group group = group(
                Score.of(0),
                rollout(0, Score.of(1), SATISFIED),
                rollout(1, Score.of(1), UNDECIDED),
                rollout(2, Score.failed("malformed_answer"), SATISFIED),
                rollout(3, Score.of(0), VIOLATED),
                rollout(4, Score.failed("too_long"), VIOLATED));
        assertThat(group.members())
                .as("the reward of a decided violation is 0, score or none: it is pushed down")
                .extracting(Rollout::sample)
                .containsExactly(0, 3, 4);
        assertThat(group.undecided()).isEqualTo(1);
        assertThat(group.calibratedReward(group.rollouts().get(2))).isNull();
    }

    @Test
    void withoutABaselineScoreNobodyHasACalibratedReward() {
        Rollout violated = rollout(1, Score.of(1), VIOLATED);
        assertThat(group(Score.failed("too_long"), rollout(0, Score.of(1), SATISFIED), violated)
                        .members())
                .containsExactly(violated);
    }

    @Test
    void theFailurePolicyDecidesAboutASmallGroup() {
        Group full = group(Score.of(0), rollout(0, Score.of(1), SATISFIED), rollout(1, Score.of(1), VIOLATED));
        Group small = group(Score.of(0), rollout(0, Score.of(1), SATISFIED), rollout(1, Score.of(1), UNDECIDED));
        List<Group> groups = List.of(full, small);

        assertThat(Shortages.leaveOut(groups, new FailurePolicy(1, OnShortage.FAIL_RUN)))
                .hasSize(2);
        assertThat(Shortages.leaveOut(groups, new FailurePolicy(2, OnShortage.DROP_GROUP)))
                .containsExactly(full);
        for (OnShortage onShortage : List.of(OnShortage.PAUSE_RUN, OnShortage.FAIL_RUN)) {
            assertThatThrownBy(() -> Shortages.leaveOut(groups, new FailurePolicy(2, onShortage)))
                    .isInstanceOfSatisfying(
                            ShortageException.class,
                            shortage -> assertThat(shortage.policy()).isEqualTo(onShortage))
                    .hasMessage("prompt 17 has 1 decided and scored rollouts of 2, but failurePolicy.minimumGroup"
                            + " is 2");
        }
    }

    @Test
    void aCutOffCompletionIsKeptOrMaskedOrInfeasible() {
        assertThat(cutOff(Overlong.KEEP).feasibility()).isEqualTo(Feasibility.FEASIBLE);
        assertThat(group(Score.of(0), cutOff(Overlong.KEEP)).members()).hasSize(1);
        assertThat(cutOff(Overlong.INFEASIBLE).feasibility()).isEqualTo(Feasibility.INFEASIBLE);
        assertThat(group(Score.of(0), cutOff(Overlong.INFEASIBLE)).members()).hasSize(1);
        assertThat(group(Score.of(0), cutOff(Overlong.MASK)).members()).isEmpty();
        assertThat(cutOff(Overlong.INFEASIBLE, UNDECIDED).feasibility()).isEqualTo(Feasibility.UNDECIDED);
    }

    private static Rollout cutOff(Overlong overlong, Verdict... verdicts) {
        Rollout judged = rollout(0, Score.of(1), verdicts);
        Completion completion = new Completion(new int[] {4}, new float[] {-1}, "a", FinishReason.LENGTH);
        return new Rollout(
                0, completion, new float[] {-1}, Scores.of("goodness", Score.of(1)), judged.verdicts(), overlong);
    }

    @Test
    void theLogRatioSumsOverTheTokens() {
        Completion completion = new Completion(new int[] {4, 5}, new float[] {-1.5f, -0.25f}, "a b", FinishReason.STOP);
        Rollout rollout = new Rollout(
                0, completion, new float[] {-2, -1}, Scores.of("goodness", Score.of(0)), List.of(), Overlong.KEEP);
        assertThat(rollout.logRatio()).isEqualTo(0.5 + 0.75);
    }

    private static Group group(Score baselineScore, Rollout... rollouts) {
        Prompt prompt = new Prompt(
                17,
                List.of(Message.user("?")),
                Map.of(),
                Map.of(),
                null,
                null,
                null,
                new JsonMapper().createObjectNode());
        return new Group(
                prompt,
                new int[] {3},
                new BaselineCompletion(
                        "b", new int[] {1}, FinishReason.STOP, Scores.of("goodness", baselineScore), null),
                RewardChain.DEFAULT,
                List.of(rollouts),
                0);
    }

    private static Rollout rollout(int sample, Score score, Verdict... verdicts) {
        List<JudgeVerdict> judged = new ArrayList<>();
        for (Verdict verdict : verdicts) {
            judged.add(new JudgeVerdict("judge", "1", verdict, null, null, null, 0, 1));
        }
        Completion completion = new Completion(new int[] {4}, new float[] {-1}, "a", FinishReason.STOP);
        return new Rollout(sample, completion, new float[] {-1}, Scores.of("goodness", score), judged, Overlong.KEEP);
    }
}
