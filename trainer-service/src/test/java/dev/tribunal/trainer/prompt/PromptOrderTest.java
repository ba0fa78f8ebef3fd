package dev.tribunal.trainer.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.trainer.prompt.PromptOrder.Batch;
import dev.tribunal.trainer.prompt.PromptOrder.Draw;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromptOrderTest {

    @Test
    void noPromptIsSkippedOrRepeatedWithinAnEpochWhateverTheBatchSizes() {
        Random random = new Random(5);
        for (int world = 0; world < 200; world++) {
            int prompts = 1 + random.nextInt(12);
            PromptOrder order = new PromptOrder(prompts, random.nextLong());
            List<Integer> drawn = new ArrayList<>();
            PromptCursor cursor = PromptCursor.START;
            while (drawn.size() < 5 * prompts) {
                Batch batch = order.draw(cursor, 1 + random.nextInt(9));
                batch.draws().forEach(draw -> drawn.add(draw.prompt()));
                cursor = batch.next();
            }
            for (int epoch = 0; epoch < 5; epoch++) {
                assertThat(drawn.subList(epoch * prompts, (epoch + 1) * prompts))
                        .containsExactlyInAnyOrderElementsOf(
                                IntStream.range(0, prompts).boxed().toList());
            }
        }
    }

    @Test
    void aCursorIsAllThatIsNeededToGoOn() {
        PromptOrder order = new PromptOrder(10, 42);
        Batch first = order.draw(PromptCursor.START, 7);
        assertThat(first.next()).isEqualTo(new PromptCursor(0, 7));
        Batch second = new PromptOrder(10, 42).draw(first.next(), 7);
        List<Draw> both = new ArrayList<>(first.draws());
        both.addAll(second.draws());
        assertThat(both.stream().map(Draw::prompt))
                .containsExactlyElementsOf(order.draw(PromptCursor.START, 14).draws().stream()
                        .map(Draw::prompt)
                        .toList());
    }

    @Test
    void epochsAndKeysShuffleDifferently() {
        Set<List<Integer>> orders = new HashSet<>();
        for (long key = 0; key < 3; key++) {
            for (long epoch = 0; epoch < 3; epoch++) {
                orders.add(new PromptOrder(20, key)
                        .draw(new PromptCursor(epoch, 0), 20).draws().stream()
                                .map(Draw::prompt)
                                .toList());
            }
        }
        assertThat(orders).hasSize(9);
    }

    @Test
    void aPromptThatABatchHasTwiceIsNumbered() {
        List<Draw> draws = new PromptOrder(2, 1).draw(PromptCursor.START, 5).draws();
        assertThat(new HashSet<>(draws)).hasSize(5);
        assertThat(draws.subList(0, 2))
                .allSatisfy(draw -> assertThat(draw.repeat()).isZero());
        assertThat(draws.subList(2, 4))
                .allSatisfy(draw -> assertThat(draw.repeat()).isOne());
        assertThat(draws.getLast().repeat()).isEqualTo(2);
    }
}
