package dev.tribunal.reward.training;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a training's end says against its reward model. */
public final class Doubts {

    /** Of the loss of one who knows no row. */
    private static final double ALMOST_NOTHING_LEARNED = 0.99;

    private Doubts() {}

    /** @throws TrainingFailedException if every text has the same score */
    public static void requireSpread(Tally trained) {
        if (trained.spread() == 0) {
            throw new TrainingFailedException("The trained reward model gives every text the same score: no gradient"
                    + " reached it, or the learning rate is too small to move a weight; raise learningRate.");
        }
    }

    /**
     * @param rows what it learned from, such as {@code pairs}
     * @param chance the loss of one who knows no row
     * @param whose loss that is
     */
    public static List<Condition> lossAtChance(Tally trained, String rows, double chance, String whose) {
        return lossAtChance(trained, rows, chance, ALMOST_NOTHING_LEARNED * chance, whose);
    }

    /** @param most that the loss may be without a doubt */
    public static List<Condition> lossAtChance(Tally trained, String rows, double chance, double most, String whose) {
        List<Condition> doubts = new ArrayList<>();
        if (trained.loss() > most) {
            doubts.add(new Condition(
                    "loss-at-chance",
                    String.format(
                            Locale.ROOT,
                            "after training the loss on its own %s is %.3f, and %.3f is what %s has: the scores hardly"
                                    + " differ; raise epochs or learningRate",
                            rows,
                            trained.loss(),
                            chance,
                            whose)));
        }
        return doubts;
    }
}
