package dev.tribunal.contracts.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionTest {

    private static final List<String> KNOWN = List.of("run", "judge", "reward-model", "math-answer");

    @Test
    void aWordWithAMistakeOrTwoIsTheOneThatWasMeant() {
        assertThat(Suggestion.among(KNOWN, "rnu")).isEqualTo("; did you mean 'run'?");
        assertThat(Suggestion.among(KNOWN, "math-anwser")).isEqualTo("; did you mean 'math-answer'?");
        assertThat(Suggestion.among(KNOWN, "MathAnswr")).isEqualTo("; did you mean 'math-answer'?");
        assertThat(Suggestion.among(KNOWN, "juge")).isEqualTo("; did you mean 'judge'?");
        assertThat(Suggestion.closest(KNOWN, "rewardmodels")).contains("reward-model");
    }

    @Test
    void anotherWordIsAnsweredWithAllThatAreKnown() {
        assertThat(Suggestion.among(KNOWN, "walk")).isEqualTo("; known here: run, judge, reward-model, math-answer");
        assertThat(Suggestion.among(List.of(), "walk")).isEmpty();
        assertThat(Suggestion.closest(KNOWN, "x".repeat(100_000))).isEmpty();
    }
}
