package dev.tribunal.servicekit.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionTest {

    private static final List<String> KNOWN = List.of("run", "judge", "reward-model", "math-answer");

    @Test
    void aWordWithAMistakeOrTwoIsTheOneThatWasMeant() {
        assertThat(Suggestion.of("rnu", KNOWN)).isEqualTo("; did you mean 'run'?");
        assertThat(Suggestion.of("math-anwser", KNOWN)).isEqualTo("; did you mean 'math-answer'?");
        assertThat(Suggestion.of("MathAnswr", KNOWN)).isEqualTo("; did you mean 'math-answer'?");
        assertThat(Suggestion.of("juge", KNOWN)).isEqualTo("; did you mean 'judge'?");
        assertThat(Suggestion.closest("rewardmodels", KNOWN)).contains("reward-model");
    }

    @Test
    void anotherWordIsAnsweredWithAllThatAreKnown() {
        assertThat(Suggestion.of("walk", KNOWN)).isEqualTo("; known here: run, judge, reward-model, math-answer");
        assertThat(Suggestion.of("walk", List.of())).isEmpty();
        assertThat(Suggestion.closest("x".repeat(100_000), KNOWN)).isEmpty();
    }
}
