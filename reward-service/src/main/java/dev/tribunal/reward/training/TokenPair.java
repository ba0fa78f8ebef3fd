package dev.tribunal.reward.training;

import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.reward.text.ScoredText;
import java.util.Arrays;

/**
 * A preference pair as the model reads it: two sequences of token ids. The texts are not kept.
 *
 * @param prompt the same for the same messages
 */
record TokenPair(long prompt, int[] chosen, int[] rejected) {

    static TokenPair of(PreferencePair pair, ScoringModel model) {
        return new TokenPair(
                PairSurvey.key(pair.messages()),
                ScoredText.tokens(model.tokenizer(), pair.messages(), pair.chosen()),
                ScoredText.tokens(model.tokenizer(), pair.messages(), pair.rejected()));
    }

    int longest() {
        return Math.max(chosen.length, rejected.length);
    }

    /** Texts that differ may be the same to the model: a template trims, a tokenizer normalizes. */
    boolean same() {
        return Arrays.equals(chosen, rejected);
    }
}
