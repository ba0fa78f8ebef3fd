package dev.tribunal.judge.rules.text;

import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Findings;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.TypedJudge;
import jakarta.validation.constraints.Min;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a completion keeps to bounds of its length. Words are what spaces part; characters are code points. */
public final class LengthJudge implements TypedJudge<LengthJudge.Parameters> {

    private static final int MAX_BATCH_ITEMS = 256;

    /**
     * At least one of them.
     *
     * @param minWords the fewest words
     * @param maxWords the most words
     * @param minCharacters the fewest characters
     * @param maxCharacters the most characters
     */
    record Parameters(
            @Min(0) @Nullable Integer minWords,
            @Min(0) @Nullable Integer maxWords,
            @Min(0) @Nullable Integer minCharacters,
            @Min(0) @Nullable Integer maxCharacters)
            implements Checked {

        @Override
        public void check(Findings findings) {
            if (minWords == null && maxWords == null && minCharacters == null && maxCharacters == null) {
                findings.mistake("", "give at least one of minWords, maxWords, minCharacters, maxCharacters");
            }
            ordered(findings, "minWords", minWords, "maxWords", maxWords);
            ordered(findings, "minCharacters", minCharacters, "maxCharacters", maxCharacters);
        }

        private static void ordered(
                Findings findings, String lesser, @Nullable Integer least, String greater, @Nullable Integer most) {
            boolean sound = findings.sound("/" + lesser) && findings.sound("/" + greater);
            if (sound && least != null && most != null && most < least) {
                findings.mistake(
                        "/" + greater, "is " + most + ", must not be less than " + lesser + ", which is " + least);
            }
        }
    }

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                "length", "1", JudgeApi.CONTRACT, "Keeps to bounds of words or characters.", true, MAX_BATCH_ITEMS);
    }

    @Override
    public ItemVerdict judge(JudgeItem item, Parameters parameters, Deadline deadline) {
        String text = item.completion().text();
        int words = Words.of(text).size();
        int characters = text.codePointCount(0, text.length());
        List<String> broken = new ArrayList<>();
        addIfOutside(broken, words, "words", parameters.minWords(), parameters.maxWords());
        addIfOutside(broken, characters, "characters", parameters.minCharacters(), parameters.maxCharacters());
        return broken.isEmpty()
                ? ItemVerdict.satisfied(words + " words, " + characters + " characters")
                : ItemVerdict.violated(String.join("; ", broken));
    }

    private static void addIfOutside(
            List<String> broken, int count, String unit, @Nullable Integer least, @Nullable Integer most) {
        if (least != null && count < least) {
            broken.add(count + " " + unit + ", must be at least " + least);
        }
        if (most != null && count > most) {
            broken.add(count + " " + unit + ", must be at most " + most);
        }
    }
}
