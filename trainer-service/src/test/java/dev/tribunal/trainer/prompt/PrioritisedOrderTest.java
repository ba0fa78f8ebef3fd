package dev.tribunal.trainer.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.selection.Selection;
import dev.tribunal.trainer.prompt.PromptOrder.Draw;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrioritisedOrderTest {

    private static final double[] PROBABILITIES = Selection.prioritised(new double[] {0.3, -2, 0.1, 0});

    /** Advantages of 0.3, -2, 0.1 and 0: three quarters, never, one quarter, never. */
    @Test
    void linesAreDrawnInProportionToTheirAdvantage() {
        List<Integer> drawn = new PrioritisedOrder(PROBABILITIES, 9)
                .draw(PromptCursor.START, 10_000).draws().stream()
                        .map(Draw::prompt)
                        .toList();
        assertThat(drawn.stream().filter(line -> line == 0).count() / 10_000.0).isCloseTo(0.75, within(0.02));
        assertThat(drawn).containsOnly(0, 2);
    }

    @Test
    void aCursorIsAllThatIsNeededToGoOn() {
        PrioritisedOrder order = new PrioritisedOrder(PROBABILITIES, 42);
        PromptOrder.Batch first = order.draw(PromptCursor.START, 7);
        assertThat(first.next()).as("four draws are an epoch").isEqualTo(new PromptCursor(1, 3));
        List<Integer> both =
                new ArrayList<>(first.draws().stream().map(Draw::prompt).toList());
        both.addAll(new PrioritisedOrder(PROBABILITIES, 42)
                .draw(first.next(), 9).draws().stream().map(Draw::prompt).toList());
        assertThat(both)
                .containsExactlyElementsOf(order.draw(PromptCursor.START, 16).draws().stream()
                        .map(Draw::prompt)
                        .toList());
        assertThat(both)
                .isNotEqualTo(new PrioritisedOrder(PROBABILITIES, 43)
                        .draw(PromptCursor.START, 16).draws().stream()
                                .map(Draw::prompt)
                                .toList());
    }
}
