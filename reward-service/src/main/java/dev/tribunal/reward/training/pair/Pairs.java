package dev.tribunal.reward.training.pair;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.reward.training.TrainingFailedException;
import dev.tribunal.reward.training.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The pairs that a model can learn from, as it reads them: token ids, and what there is to say of them. It is given the
 * texts one after the other and does not keep them.
 */
public final class Pairs implements Consumer<PreferencePair> {

    private final ChatTokenizer tokenizer;
    private final int positions;
    private final List<TokenPair> fitting = new ArrayList<>();
    private final PairSurvey survey = new PairSurvey();
    private int tooLong;
    private int equal;

    /** @param positions that the model reads at most */
    public Pairs(ChatTokenizer tokenizer, int positions) {
        this.tokenizer = tokenizer;
        this.positions = positions;
    }

    @Override
    public void accept(PreferencePair text) {
        TokenPair pair = TokenPair.of(text, tokenizer);
        if (pair.same()) {
            equal++;
        } else if (pair.longest() > positions) {
            tooLong++;
        } else {
            fitting.add(pair);
            survey.add(pair);
        }
    }

    /** @throws TrainingFailedException if those that are left cannot teach anything */
    public void requireUsable() {
        requireAny();
        String refusal = survey.findings().refusal();
        if (refusal != null) {
            throw new TrainingFailedException("What the backbone can read of the file " + refusal + "."
                    + (tooLong > 0 ? " " + tooLong + " more are longer than its " + positions + " positions." : "")
                    + (equal > 0 ? " In " + equal + " more, chosen and rejected have the same tokens." : ""));
        }
    }

    /** @throws TrainingFailedException if none is left */
    void requireAny() {
        if (fitting.isEmpty()) {
            throw new TrainingFailedException(
                    tooLong >= equal
                            ? "Every pair is longer than the backbone's " + positions
                                    + " positions; shorten them or use another backbone."
                            : "In every pair chosen and rejected have the same tokens: they differ in nothing but what"
                                    + " the backbone's tokenizer or chat template removes.");
        }
    }

    List<TokenPair> fitting() {
        return fitting;
    }

    /** Left out, for they are longer than the model's positions. */
    int tooLong() {
        return tooLong;
    }

    /** Left out, for chosen and rejected have the same token ids. */
    int equal() {
        return equal;
    }

    List<Condition> conditions(TrainingPlan plan) {
        int all = fitting.size() + tooLong + equal;
        List<Condition> conditions = new ArrayList<>();
        if (tooLong > 0) {
            conditions.add(new Condition(
                    "pairs-too-long",
                    tooLong + " of " + all + " pairs are longer than the backbone's " + positions
                            + " positions and were left out; shorten them"));
        }
        if (equal > 0) {
            conditions.add(new Condition(
                    "pairs-equal",
                    "in " + equal + " of " + all + " pairs chosen and rejected have the same tokens, for the tokenizer"
                            + " or the chat template removes what differs; they were left out"));
        }
        conditions.addAll(survey.findings().conditions(plan));
        return conditions;
    }
}
