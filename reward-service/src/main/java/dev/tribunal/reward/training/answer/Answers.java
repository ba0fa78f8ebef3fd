package dev.tribunal.reward.training.answer;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.reward.text.ScoredText;
import dev.tribunal.reward.training.TrainingFailedException;
import dev.tribunal.reward.training.pair.PairSurvey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The labelled answers that a model can learn from, as it reads them. It is given the texts and does not keep them. */
public final class Answers implements Consumer<LabelledAnswer> {

    /** Fewer are refused, and fewer of the second are told, as of pairs. */
    public static final int MIN_ANSWERS = PairSurvey.MIN_PAIRS;

    private final ChatTokenizer tokenizer;
    private final int positions;
    private final List<TokenAnswer> fitting = new ArrayList<>();
    private int tooLong;

    /** @param positions that the model reads at most */
    public Answers(ChatTokenizer tokenizer, int positions) {
        this.tokenizer = tokenizer;
        this.positions = positions;
    }

    @Override
    public void accept(LabelledAnswer answer) {
        int[] ids = ScoredText.tokens(tokenizer, answer.messages(), answer.completion());
        if (ids.length > positions) {
            tooLong++;
            return;
        }
        fitting.add(new TokenAnswer(
                PairSurvey.key(answer.messages()),
                ids,
                answer.rating(),
                answer.classes().stream().mapToInt(i -> i).toArray()));
    }

    List<TokenAnswer> fitting() {
        return fitting;
    }

    int tooLong() {
        return tooLong;
    }

    /** @throws TrainingFailedException if those that are left cannot teach anything */
    void requireUsable() {
        if (fitting.size() < MIN_ANSWERS) {
            throw new TrainingFailedException("Of the file's answers the backbone can read " + fitting.size()
                    + (tooLong > 0 ? ", and " + tooLong + " are longer than its " + positions + " positions" : "")
                    + ". At least " + MIN_ANSWERS + " are needed, and a useful reward model takes some hundreds.");
        }
    }

    List<Condition> conditions() {
        List<Condition> conditions = new ArrayList<>();
        if (tooLong > 0) {
            conditions.add(new Condition(
                    "answers-too-long",
                    tooLong + " of " + (fitting.size() + tooLong) + " answers are longer than the backbone's "
                            + positions + " positions and were left out; shorten them"));
        }
        if (fitting.size() < PairSurvey.FEW_PAIRS) {
            conditions.add(new Condition(
                    "few-answers",
                    fitting.size()
                            + " answers are too few to learn what holds for other prompts, and the held-out share"
                            + " is too small to tell; give at least " + PairSurvey.FEW_PAIRS));
        }
        return conditions;
    }
}
