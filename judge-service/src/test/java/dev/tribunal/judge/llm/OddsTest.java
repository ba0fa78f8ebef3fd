package dev.tribunal.judge.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.judge.llm.Odds.Result;
import dev.tribunal.judge.openai.OpenAiServer.Candidate;
import dev.tribunal.judge.sdk.ItemVerdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Numbers worked out by hand. */
class OddsTest {

    private static final JudgeTemplate TEMPLATE = new JudgeTemplate("t", "1", "{completion}", "No", "Yes", false);

    @Test
    void bothTokensListed() {
        ItemVerdict.Decided verdict = decided(0.5, candidate("No", 0.6), candidate("Yes", 0.2), candidate("I", 0.1));

        assertThat(verdict.score()).isCloseTo(0.75, within(1e-9));
        assertThat(verdict.satisfied()).isTrue();
        assertThat(verdict.reason()).isEqualTo("p(No) = 0.6000, p(Yes) = 0.2000");
    }

    @Test
    void spellingsThatDifferInSpaceAreOneAnswerAndOthersAreNot() {
        ItemVerdict.Decided verdict = decided(
                0.5,
                candidate("No", 0.3),
                candidate(" No", 0.1),
                candidate("▁No", 0.05),
                candidate("ĠNo", 0.05),
                candidate("Yes", 0.25),
                candidate("no", 0.1),
                candidate("Not", 0.1));

        assertThat(verdict.score()).isCloseTo(0.5 / 0.75, within(1e-9));
    }

    @Test
    void aTokenThatIsNotListedIsAtMostAsLikelyAsTheLast() {
        ItemVerdict.Decided satisfied = decided(0.5, candidate("No", 0.9), candidate("I", 0.05), candidate("The", 0.1));
        assertThat(satisfied.satisfied()).isTrue();
        assertThat(satisfied.score()).isCloseTo(0.9 / 0.95, within(1e-9));
        assertThat(satisfied.reason()).contains("p(Yes) <= 0.05");

        ItemVerdict.Decided violated = decided(0.5, candidate("Yes", 0.9), candidate("I", 0.1));
        assertThat(violated.satisfied()).isFalse();
        assertThat(violated.score()).isCloseTo(0.1, within(1e-9));
    }

    @Test
    void whereTheBoundDoesNotDecideNothingDoes() {
        assertThat(undecided(0.96, candidate("No", 0.9), candidate("I", 0.05))).isEqualTo("token_unlisted");
        assertThat(undecided(0.05, candidate("Yes", 0.9), candidate("I", 0.1))).isEqualTo("token_unlisted");
    }

    @Test
    void aListThatSaysNothingIsUndecided() {
        assertThat(undecided(0.5, candidate("I", 0.9), candidate("Sorry", 0.1))).isEqualTo("no_answer");
        assertThat(undecided(0.5)).isEqualTo("no_logprobs");
        assertThat(undecided(0.5, new Candidate("No", 3), new Candidate("Yes", -1)))
                .isEqualTo("non_finite_answer");
        assertThat(undecided(0.5, new Candidate("No", Double.NaN))).isEqualTo("non_finite_answer");
    }

    private static Candidate candidate(String token, double probability) {
        return new Candidate(token, Math.log(probability));
    }

    private static ItemVerdict.Decided decided(double threshold, Candidate... candidates) {
        return (ItemVerdict.Decided) verdict(threshold, candidates);
    }

    private static String undecided(double threshold, Candidate... candidates) {
        return ((ItemVerdict.Undecided) verdict(threshold, candidates)).error().code();
    }

    private static ItemVerdict verdict(double threshold, Candidate... candidates) {
        return switch (Odds.of(List.of(candidates), TEMPLATE)) {
            case Result.None(ItemVerdict why) -> why;
            case Result.Some(Odds odds) -> odds.verdict(threshold, TEMPLATE);
        };
    }
}
