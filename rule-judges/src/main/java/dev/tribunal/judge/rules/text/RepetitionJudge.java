package dev.tribunal.judge.rules.text;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemJudge;
import dev.tribunal.judge.sdk.Opinion;
import dev.tribunal.judge.sdk.Parameters;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Whether a completion repeats itself: of its {@code n}-grams of words (3), the share that stood there before must be
 * at most {@code maximumShare} (0.2). The score is the share that did not.
 */
public final class RepetitionJudge implements ItemJudge {

    private static final int MAX_BATCH_ITEMS = 256;
    private static final int DEFAULT_N = 3;
    private static final double DEFAULT_MAXIMUM_SHARE = 0.2;

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                "repetition", "1", JudgeApi.CONTRACT, "Does not repeat its own n-grams.", true, MAX_BATCH_ITEMS);
    }

    @Override
    public List<FieldError> check(Map<String, Object> parameters) {
        return Parameters.of(parameters)
                .wholeNumber("n", 1)
                .numberWithin("maximumShare", 0, 1)
                .errors();
    }

    @Override
    public Opinion judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline) {
        int n = parameters.get("n") instanceof Number given ? given.intValue() : DEFAULT_N;
        double most =
                parameters.get("maximumShare") instanceof Number given ? given.doubleValue() : DEFAULT_MAXIMUM_SHARE;
        double share = repeatedShare(Words.of(item.completion().text().toLowerCase(Locale.ROOT)), n);
        String reason = String.format(Locale.ROOT, "%.1f %% of its %d-grams are repeated", 100 * share, n);
        return new Opinion.Decided(share <= most, 1 - share, reason);
    }

    /** 0 for a text that is shorter than n words. */
    private static double repeatedShare(List<String> words, int n) {
        int grams = words.size() - n + 1;
        if (grams < 1) {
            return 0;
        }
        Set<List<String>> seen = new HashSet<>();
        for (int i = 0; i < grams; i++) {
            seen.add(words.subList(i, i + n));
        }
        return 1 - (double) seen.size() / grams;
    }
}
