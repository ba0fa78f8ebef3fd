package dev.tribunal.trainer.prompt;

import dev.tribunal.languagemodel.CounterRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which a task's prompts are drawn: every epoch is a permutation of the file, a pure function of the key
 * and the epoch's number, so that no prompt is skipped or repeated within an epoch.
 *
 * @param prompts how many the file has
 * @param key random key of this task's order
 */
public record PromptOrder(int prompts, long key) implements DrawOrder {

    public PromptOrder {
        if (prompts < 1) {
            throw new IllegalArgumentException("there is no prompt to draw");
        }
    }

    @Override
    public Batch draw(PromptCursor cursor, int count) {
        List<Draw> draws = new ArrayList<>(count);
        Map<Integer, Integer> drawn = new HashMap<>();
        long epoch = cursor.epoch();
        int position = cursor.position();
        int[] order = permutation(epoch);
        while (draws.size() < count) {
            if (position >= prompts) {
                order = permutation(++epoch);
                position = 0;
            }
            int prompt = order[position++];
            draws.add(new Draw(prompt, drawn.merge(prompt, 1, Integer::sum) - 1));
        }
        return new Batch(List.copyOf(draws), new PromptCursor(epoch, position));
    }

    // Not CounterRandom.shuffled, which draws otherwise: a run's prompts, and with them its figures, would be others.
    /** Fisher and Yates's shuffle, from the inside out. */
    private int[] permutation(long epoch) {
        long epochKey = CounterRandom.key(key, epoch);
        int[] order = new int[prompts];
        for (int i = 0; i < prompts; i++) {
            int j = (int) (CounterRandom.uniform(epochKey, i) * (i + 1));
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /**
     * One drawn prompt.
     *
     * @param prompt index in the file
     * @param repeat how often this batch had the prompt before, which only a batch that reaches into another epoch can
     */
    public record Draw(int prompt, int repeat) {}

    /** Drawn prompts, and the cursor behind them. */
    public record Batch(List<Draw> draws, PromptCursor next) {}
}
