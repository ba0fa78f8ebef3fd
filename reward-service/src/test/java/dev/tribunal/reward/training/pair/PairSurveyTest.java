package dev.tribunal.reward.training.pair;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.reward.training.TrainingPlan;
import dev.tribunal.reward.training.pair.PairSurvey.Findings;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairSurveyTest {

    private static final TrainingPlan PLAN = new TrainingPlan(2, 16, 1e-3, 7, 1, 0, 0.1);

    private final PairSurvey survey = new PairSurvey();

    @Test
    void goodPairsGiveNoDoubt() {
        add(300, 0);

        Findings findings = survey.findings();

        assertThat(findings.usable()).isEqualTo(300);
        assertThat(findings.refusal()).isNull();
        assertThat(findings.conditions(PLAN)).isEmpty();
    }

    @Test
    void aPairCountsOnceAndNotAtAllIfItIsContradicted() {
        survey.add(pair("p", "yes", "nope"));
        survey.add(pair("p", "yes", "nope"));
        survey.add(pair("p", "nope", "yes"));
        survey.add(pair("q", "yes", "nope"));
        survey.add(pair("q", "yes", "nope"));
        survey.add(pair("q", "yes", "never"));

        Findings findings = survey.findings();

        assertThat(findings.pairs()).isEqualTo(6);
        assertThat(findings.contradicted()).isEqualTo(3);
        assertThat(findings.repeated()).isEqualTo(2);
        assertThat(findings.usable()).isEqualTo(2);
        assertThat(findings.prompts()).isEqualTo(2);
        assertThat(findings.refusal()).contains("At least 10 are needed");
    }

    @Test
    void theSamePromptInTurnsIsAnotherThanInOne() {
        survey.add(new PreferencePair(
                List.of(Message.user("a"), new Message("assistant", "b"), Message.user("c")), "yes", "nope"));
        survey.add(new PreferencePair(List.of(Message.user("abc")), "nope", "yes"));

        assertThat(survey.findings().contradicted()).isZero();
    }

    @Test
    void theMinimumIsTenUsablePairs() {
        add(9, 0);
        assertThat(survey.findings().refusal()).isNotNull();
        add(1, 9);
        assertThat(survey.findings().refusal()).isNull();
        assertThat(types(PLAN)).contains("few-pairs");
        add(189, 10);
        assertThat(types(PLAN)).contains("few-pairs");
        add(1, 199);
        assertThat(types(PLAN)).doesNotContain("few-pairs");
    }

    @Test
    void completionsThatLengthAloneTellsApartAreTold() {
        IntStream.range(0, 300).forEach(i -> survey.add(pair("p" + i, "a long answer " + i, "short " + i)));

        assertThat(types(PLAN)).containsExactly("length-decides");
        assertThat(survey.findings().conditions(PLAN).getFirst().message()).contains("in 100 % of the pairs");
    }

    @Test
    void oneTextOrOnePromptForAllIsTold() {
        IntStream.range(0, 300)
                .forEach(i -> survey.add(pair("p", "yes" + i % 7 + " ".repeat(i % 2 * 9) + i, "refused")));

        assertThat(types(PLAN)).contains("one-prompt", "one-text");
    }

    @Test
    void aPlanThatDoesNotFitThePairsIsTold() {
        add(300, 0);

        assertThat(types(new TrainingPlan(1, 512, 1e-3, 7, 1, 30, 0)))
                .containsExactly("batch-larger-than-data", "few-steps", "warmup-never-ends");
        assertThat(types(new TrainingPlan(1, 30, 1e-3, 7, 1, 9, 0))).isEmpty();
    }

    /** Of like length, half the chosen ones longer. */
    private void add(int count, int from) {
        IntStream.range(from, from + count)
                .forEach(i -> survey.add(pair("p" + i, "yes" + ".".repeat(i % 2) + i, "nope" + i)));
    }

    private List<String> types(TrainingPlan plan) {
        return survey.findings().conditions(plan).stream().map(Condition::type).toList();
    }

    private static PreferencePair pair(String prompt, String chosen, String rejected) {
        return new PreferencePair(List.of(Message.user(prompt)), chosen, rejected);
    }
}
