package dev.tribunal.trainer.prompt;

import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.methods.selection.Selection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lines that are drawn with replacement, each with a probability of its own. An epoch is as many draws as there are lines.
 *
 * @param probabilities of the lines, with the sum 1
 * @param key random key of this task's order
 */
@SuppressWarnings("ArrayRecordComponent") // it is neither compared nor printed
public record PrioritisedOrder(double[] probabilities, long key) implements DrawOrder {

    @Override
    public PromptOrder.Batch draw(PromptCursor cursor, int count) {
        List<PromptOrder.Draw> draws = new ArrayList<>(count);
        Map<Integer, Integer> drawn = new HashMap<>();
        long epoch = cursor.epoch();
        int position = cursor.position();
        while (draws.size() < count) {
            if (position >= probabilities.length) {
                epoch++;
                position = 0;
            }
            double uniform = CounterRandom.uniform(CounterRandom.key(key, epoch), position++);
            int line = Selection.draw(probabilities, uniform);
            draws.add(new PromptOrder.Draw(line, drawn.merge(line, 1, Integer::sum) - 1));
        }
        return new PromptOrder.Batch(List.copyOf(draws), new PromptCursor(epoch, position));
    }
}
