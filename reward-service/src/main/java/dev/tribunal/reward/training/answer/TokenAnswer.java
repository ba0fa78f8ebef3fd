package dev.tribunal.reward.training.answer;

import dev.tribunal.reward.training.Row;
import java.util.List;

/**
 * A labelled answer as the model reads it. The text is not kept.
 *
 * @param prompt the same for the same messages
 * @param classes the index of each head's class, -1 where nobody said
 */
record TokenAnswer(long prompt, int[] ids, double rating, int[] classes) implements Row {

    @Override
    public List<int[]> sequences() {
        return List.of(ids);
    }

    @Override
    public int longest() {
        return ids.length;
    }
}
