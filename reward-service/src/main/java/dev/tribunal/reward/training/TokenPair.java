package dev.tribunal.reward.training;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.reward.text.ScoredText;
import java.util.List;

/** A preference pair as the model reads it: two sequences of token ids. */
record TokenPair(List<Message> messages, int[] chosen, int[] rejected) {

    static TokenPair of(PreferencePair pair, ScoringModel model) {
        return new TokenPair(
                pair.messages(),
                ScoredText.tokens(model.tokenizer(), pair.messages(), pair.chosen()),
                ScoredText.tokens(model.tokenizer(), pair.messages(), pair.rejected()));
    }

    int longest() {
        return Math.max(chosen.length, rejected.length);
    }
}
