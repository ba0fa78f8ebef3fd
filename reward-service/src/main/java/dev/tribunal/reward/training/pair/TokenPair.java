package dev.tribunal.reward.training.pair;

import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.reward.text.ScoredText;
import dev.tribunal.reward.training.Row;
import java.util.Arrays;
import java.util.List;

/**
 * A preference pair as the model reads it: two sequences of token ids. The texts are not kept.
 *
 * @param prompt the same for the same messages
 */
public record TokenPair(long prompt, int[] chosen, int[] rejected, PairLabel label) implements Row {

    /** Of which nothing more is known. */
    TokenPair(long prompt, int[] chosen, int[] rejected) {
        this(prompt, chosen, rejected, PairLabel.CERTAIN);
    }

    static TokenPair of(PreferencePair pair, ChatTokenizer tokenizer) {
        return new TokenPair(
                PairSurvey.key(pair.messages()),
                ScoredText.tokens(tokenizer, pair.messages(), pair.chosen()),
                ScoredText.tokens(tokenizer, pair.messages(), pair.rejected()),
                pair.label());
    }

    @Override
    public List<int[]> sequences() {
        return List.of(chosen, rejected);
    }

    @Override
    public int longest() {
        return Math.max(chosen.length, rejected.length);
    }

    /** Texts that differ may be the same to the model: a template trims, a tokenizer normalizes. */
    boolean same() {
        return Arrays.equals(chosen, rejected);
    }
}
