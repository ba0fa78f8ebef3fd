package dev.tribunal.judge.rules.text;

import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.input.Default;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.TypedJudge;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Whether a completion repeats itself: of its n-grams of words, the share that stood there before is bounded. The score
 * is the share that did not.
 */
public final class RepetitionJudge implements TypedJudge<RepetitionJudge.Parameters> {

    private static final int MAX_BATCH_ITEMS = 256;

    /**
     * @param n words in a gram
     * @param maximumShare the largest share of the grams that may have stood there before
     */
    record Parameters(
            @Min(1) @Default("3") int n,
            @Min(0) @Max(1) @Default("0.2") double maximumShare) {}

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                "repetition", "1", JudgeApi.CONTRACT, "Does not repeat its own n-grams.", true, MAX_BATCH_ITEMS);
    }

    @Override
    public ItemVerdict judge(JudgeItem item, Parameters parameters, Deadline deadline) {
        int n = parameters.n();
        double share = repeatedShare(Words.of(item.completion().text().toLowerCase(Locale.ROOT)), n);
        String reason = String.format(Locale.ROOT, "%.1f %% of its %d-grams are repeated", 100 * share, n);
        return new ItemVerdict.Decided(share <= parameters.maximumShare(), 1 - share, reason);
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
