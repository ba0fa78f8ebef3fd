package dev.tribunal.judge.rules.text;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemJudge;
import dev.tribunal.judge.sdk.Opinion;
import dev.tribunal.judge.sdk.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a completion keeps to bounds of its length, both inclusive: {@code minWords}, {@code maxWords},
 * {@code minCharacters}, {@code maxCharacters}. Words are what spaces part; characters are code points.
 */
public final class LengthJudge implements ItemJudge {

    private static final int MAX_BATCH_ITEMS = 256;

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                "length", "1", JudgeApi.CONTRACT, "Keeps to bounds of words or characters.", true, MAX_BATCH_ITEMS);
    }

    @Override
    public List<FieldError> check(Map<String, Object> parameters) {
        return Parameters.of(parameters)
                .wholeNumber("minWords", 0)
                .wholeNumber("maxWords", 0)
                .wholeNumber("minCharacters", 0)
                .wholeNumber("maxCharacters", 0)
                .someOfThem()
                .ordered("minWords", "maxWords")
                .ordered("minCharacters", "maxCharacters")
                .errors();
    }

    @Override
    public Opinion judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline) {
        String text = item.completion().text();
        int words = Words.of(text).size();
        int characters = text.codePointCount(0, text.length());
        List<String> broken = new ArrayList<>();
        addIfOutside(broken, words, "words", parameters.get("minWords"), parameters.get("maxWords"));
        addIfOutside(
                broken, characters, "characters", parameters.get("minCharacters"), parameters.get("maxCharacters"));
        return broken.isEmpty()
                ? Opinion.satisfied(words + " words, " + characters + " characters")
                : Opinion.violated(String.join("; ", broken));
    }

    private static void addIfOutside(List<String> broken, int count, String unit, @Nullable Object min, @Nullable Object max) {
        if (min instanceof Number least && count < least.intValue()) {
            broken.add(count + " " + unit + ", must be at least " + least);
        }
        if (max instanceof Number most && count > most.intValue()) {
            broken.add(count + " " + unit + ", must be at most " + most);
        }
    }
}
