package dev.tribunal.mathanswers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassesTest {

    private final MathAnswers.Classes classes = new MathAnswers.Classes();

    private String answer(String completion) {
        return classes.answer(completion, "What is it?");
    }

    @Test
    void equalAnswersGetTheWordsOfTheFirst() {
        assertThat(answer("It is one half. The answer is 1/2.")).isEqualTo("1/2");
        assertThat(answer("So we get \\boxed{\\frac{1}{2}}.")).isEqualTo("1/2");
        assertThat(answer("The final answer is 0.5.")).isEqualTo("1/2");
        assertThat(answer("#### 2")).isEqualTo("2");
        assertThat(answer("12 - 10 = 2. The final answer is 2.")).isEqualTo("2");
    }

    @ParameterizedTest
    @CsvSource({
        "'12 + 5 = 17. The final answer is 17.', 17",
        "'Tom has 17 apples now.', 17",
        "'First $x = 3$, so in the end there are 12.', 12",
        "'42', 42",
        "'Paris', Paris",
        "'The answer is Paris.', Paris",
        "'<think>Is it 4?</think>It is 5.', 5",
    })
    void findsTheAnswer(String completion, String answer) {
        assertThat(answer(completion)).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "'<think>It may be 4, or'",
        "'I would rather not say how many there are, for that is not what I am here for, and nobody has ever asked me for it.'",
    })
    void aTextWithoutAnAnswerHasAnEmptyOne(String completion) {
        assertThat(answer(completion)).isEmpty();
    }

    @Test
    void wordsAreComparedAsWords() {
        assertThat(answer("The answer is Paris.")).isEqualTo("Paris");
        assertThat(answer("The answer is paris")).isEqualTo("Paris");
        assertThat(answer("The answer is London.")).isEqualTo("London");
    }
}
