package dev.tribunal.judge.rules.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.Descriptors;
import dev.tribunal.judge.sdk.ItemJudge;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.ItemVerdict.Decided;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextJudgesTest {

    private final ItemJudge length = new LengthJudge();
    private final ItemJudge repetition = new RepetitionJudge();

    @ParameterizedTest
    @CsvSource({
        "one two three, 3, 3, true",
        "one two three, 4, 9, false",
        "one two three, 0, 2, false",
        "'  one \n two  ', 2, 2, true",
        "'', 0, 0, true",
        "'', 1, 1, false"
    })
    void lengthCountsWordsWithinInclusiveBounds(String text, int min, int max, boolean satisfied) {
        assertThat(decide(length, text, Map.of("minWords", min, "maxWords", max))
                        .satisfied())
                .isEqualTo(satisfied);
    }

    @Test
    void lengthCountsCodePointsAndNamesEveryBoundThatIsBroken() {
        assertThat(decide(length, "a😀é", Map.of("minCharacters", 3, "maxCharacters", 3))
                        .satisfied())
                .isTrue();
        assertThat(decide(length, "aaaa bbbb", Map.of("maxCharacters", 3, "maxWords", 1))
                        .reason())
                .isEqualTo("2 words, must be at most 1; 9 characters, must be at most 3");
    }

    @Test
    void lengthWantsBoundsThatMakeSense() {
        assertThat(length.check(Map.of())).hasSize(1);
        assertThat(length.check(Map.of("minWords", 5, "maxWords", 4, "minCharacters", -1, "words", 3)))
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder("/maxWords", "/minCharacters", "/words");
    }

    @Test
    void mistakesSayWhatToDo() {
        assertThat(length.check(Map.of()))
                .containsExactly(
                        new FieldError("", "give at least one of minWords, maxWords, minCharacters, maxCharacters"));
        assertThat(length.check(Map.of("minWords", 5, "maxWords", 4)))
                .containsExactly(new FieldError("/maxWords", "is 4, must not be less than minWords, which is 5"));
        assertThat(repetition.check(Map.of("maximumshare", 0.1)))
                .containsExactly(new FieldError("/maximumshare", "is not known; did you mean 'maximumShare'?"));
    }

    @Test
    void theDescriptorShowsWhatATaskMaySet() {
        assertThat(String.valueOf(Descriptors.of(repetition).parameters()))
                .contains(
                        "n={type=integer, format=int32, minimum=1, default=3, description=words in a gram}",
                        "additionalProperties=false");
    }

    @Test
    void repetitionIsTheShareOfWordGramsThatStoodThereBefore() {
        // a b, b a, a b, b a, a b: two of five are new
        assertThat(decide(repetition, "a b a b A b", Map.of("n", 2)).score()).isEqualTo(2.0 / 5);
        assertThat(decide(repetition, "a b a b A b", Map.of("n", 2, "maximumShare", 0.6))
                        .satisfied())
                .isTrue();
        assertThat(decide(repetition, "a b a b A b", Map.of("n", 2, "maximumShare", 0.59))
                        .satisfied())
                .isFalse();
    }

    @Test
    void aTextShorterThanAGramDoesNotRepeat() {
        assertThat(decide(repetition, "a a", Map.of()).satisfied()).isTrue();
        assertThat(decide(repetition, "", Map.of("n", 1, "maximumShare", 0)).satisfied())
                .isTrue();
    }

    @Test
    void repetitionWantsASizeAndAShare() {
        assertThat(repetition.check(Map.of("n", 0, "maximumShare", 1.1)))
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder("/n", "/maximumShare");
    }

    @Test
    void finishedReadsWhyACompletionEnded() {
        assertThat(finished("stop")).isEqualTo(ItemVerdict.satisfied("the model ended it"));
        assertThat(finished("length")).isEqualTo(ItemVerdict.violated("it was cut off"));
        assertThat(finished(null))
                .isEqualTo(ItemVerdict.undecided("no_finish_reason", "the completion has no finishReason"));
        assertThat(finished("content_filter"))
                .isEqualTo(ItemVerdict.undecided(
                        "unknown_finish_reason",
                        "completion.finishReason is 'content_filter', must be 'stop' or 'length'"));
        assertThat(new FinishedJudge().check(Map.of("max", 3)))
                .extracting(FieldError::pointer)
                .containsExactly("/max");
    }

    /** 5 words in a sentence, 7 syllables: 0.39 x 5 + 11.8 x 7 / 5 - 15.59 = 2.88. */
    @Test
    void readingLevelIsTheGradeOfFleschAndKincaid() {
        ItemJudge judge = new ReadingLevelJudge();
        assertThat(decide(judge, "The doctor gave iron once.", Map.of("maximumGrade", 6))
                        .reason())
                .isEqualTo("grade 2.9"); // the, doc-tor, gave, i-ron, once
        assertThat(decide(judge, "See a doctor. Do not wait!", Map.of("maximumGrade", 0))
                        .satisfied()) // 6 words, 2 sentences, 7 syllables: -0.65
                .isTrue();
        assertThat(decide(judge, "Contraindicated pharmaceutical administration.", Map.of("maximumGrade", 20))
                        .satisfied())
                .isFalse();
        assertThat(decide(judge, " ... ", Map.of("maximumGrade", 20)).reason()).isEqualTo("there is no word to read");
        assertThat(judge.check(Map.of())).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "the, 1",
        "doctor, 2",
        "gave, 1",
        "table, 2",
        "see, 1",
        "iron, 2",
        "you, 1",
        "medicine, 3",
        "whole, 1",
        "hmm, 1"
    })
    void syllablesAreRunsOfVowels(String word, int syllables) {
        assertThat(ReadingLevelJudge.syllables(word)).isEqualTo(syllables);
    }

    private static ItemVerdict finished(@Nullable String reason) {
        JudgeItem item = new JudgeItem("a", List.of(), new CompletionText("So it", reason), Map.of(), Map.of());
        return new FinishedJudge().judge(item, new FinishedJudge.Parameters(), Deadline.after(Duration.ofMinutes(1)));
    }

    private static Decided decide(ItemJudge judge, String text, Map<String, Object> parameters) {
        assertThat(judge.check(parameters)).isEmpty();
        JudgeItem item = new JudgeItem("a", List.of(), new CompletionText(text, "stop"), Map.of(), Map.of());
        return (Decided) judge.judge(item, parameters, Deadline.after(Duration.ofMinutes(1)));
    }
}
