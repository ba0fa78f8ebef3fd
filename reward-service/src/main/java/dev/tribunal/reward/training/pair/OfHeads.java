package dev.tribunal.reward.training.pair;

import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.methods.rewardmodel.Brme;
import dev.tribunal.reward.training.Objective;
import dev.tribunal.reward.training.Tally;
import java.util.List;

/** BRME's second stage: each row is of one head, whose mean and deviation learn the first stage's reward. */
final class OfHeads implements Objective<OfHeads.Row> {

    private final Brme loss;
    private final long key;
    private long drawn;

    /** @param key of the random numbers */
    OfHeads(Brme loss, long key) {
        this.loss = loss;
        this.key = key;
    }

    /**
     * @param head that learns from it
     * @param target the first stage's reward
     */
    record Row(long prompt, int head, int[] ids, double target) implements dev.tribunal.reward.training.Row {

        @Override
        public List<int[]> sequences() {
            return List.of(ids);
        }

        @Override
        public int longest() {
            return ids.length;
        }
    }

    @Override
    public double[][] learn(Row row, float[][] scores, Tally tally) {
        double[] slopes = new double[scores[0].length];
        Brme.Value value = loss.of(scores[0][2 * row.head()], scores[0][2 * row.head() + 1], row.target(), normal());
        add(row, scores, value, tally);
        slopes[2 * row.head()] = value.mean();
        slopes[2 * row.head() + 1] = value.output();
        return new double[][] {slopes};
    }

    /** Where nothing is learned nothing is drawn: the loss is that of the mean and one deviation beside it. */
    @Override
    public void measure(Row row, float[][] scores, Tally tally) {
        add(row, scores, loss.of(scores[0][2 * row.head()], scores[0][2 * row.head() + 1], row.target(), 1), tally);
    }

    private static void add(Row row, float[][] scores, Brme.Value value, Tally tally) {
        tally.add(value.loss());
        tally.scored(scores[0][2 * row.head()]);
    }

    /** Box and Muller's transform of two uniform numbers. */
    private double normal() {
        long pair = CounterRandom.key(key, drawn++);
        return Math.sqrt(-2 * Math.log(CounterRandom.uniform(pair, 0)))
                * Math.cos(2 * Math.PI * CounterRandom.uniform(pair, 1));
    }
}
