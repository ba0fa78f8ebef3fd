package dev.tribunal.judge.rules.text;

import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.TypedJudge;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Whether an English completion is easy enough to read, by the grade of Flesch and Kincaid (Kincaid et al., 1975), in years of
 * school in the United States:
 *
 * <pre>0.39 words / sentences + 11.8 syllables / words - 15.59</pre>
 *
 * <p>A syllable is a run of vowels of a word, y among them; a silent e at the end counts only where it is alone or after an l
 * that follows a consonant. A text without words is violated: it cannot be read.
 */
public final class ReadingLevelJudge implements TypedJudge<ReadingLevelJudge.Parameters> {

    private static final int MAX_BATCH_ITEMS = 256;
    private static final Pattern SENTENCE_END = Pattern.compile("[.!?]+(\\s|$)");
    private static final Pattern VOWELS = Pattern.compile("[aeiouy]+");
    private static final Pattern SILENT_E = Pattern.compile("(?<=[a-z])(?<![^aeiouy]l)(?<![aeiouy])e$");

    /** @param maximumGrade the highest grade that is satisfied */
    record Parameters(@Min(-10) @Max(100) double maximumGrade) {}

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                "reading-level",
                "1",
                JudgeApi.CONTRACT,
                "Is English that a grade of school can read (Flesch-Kincaid).",
                true,
                MAX_BATCH_ITEMS);
    }

    @Override
    public ItemVerdict judge(JudgeItem item, Parameters parameters, Deadline deadline) {
        List<String> words = Words.of(item.completion().text()).stream()
                .map(word -> word.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", ""))
                .filter(word -> !word.isEmpty())
                .toList();
        if (words.isEmpty()) {
            return ItemVerdict.violated("there is no word to read");
        }
        double grade = grade(item.completion().text(), words);
        String found = String.format(Locale.ROOT, "grade %.1f", grade);
        return grade <= parameters.maximumGrade()
                ? ItemVerdict.satisfied(found)
                : ItemVerdict.violated(
                        found + String.format(Locale.ROOT, ", must be at most %.1f", parameters.maximumGrade()));
    }

    private static double grade(String text, List<String> words) {
        long sentences = Math.max(1, SENTENCE_END.matcher(text).results().count());
        long syllables = words.stream().mapToLong(ReadingLevelJudge::syllables).sum();
        return 0.39 * words.size() / sentences + 11.8 * syllables / words.size() - 15.59;
    }

    static long syllables(String word) {
        return Math.max(
                1,
                VOWELS.matcher(SILENT_E.matcher(word).replaceAll("")).results().count());
    }
}
