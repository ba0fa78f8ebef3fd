package dev.tribunal.trainer.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptFile;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class GoalChoiceTest {

    private static final JsonMapper JSON = new JsonMapper();

    /** Rows that count how often one of them is read. */
    private static final class Rows extends AbstractList<Map<String, Double>> {

        private static final List<Map<String, Double>> ROWS =
                List.of(Map.of("help", 1.0), Map.of("help", 0.25), Map.of("help", -0.5));

        private int read;

        @Override
        public Map<String, Double> get(int index) {
            read++;
            return ROWS.get(index);
        }

        @Override
        public int size() {
            return ROWS.size();
        }
    }

    @Test
    void whatIsAskedForHasAsManyDigitsAsTheRows() {
        for (Prompt prompt : asking(new Rows(), 50)) {
            double goal = prompt.line().at("/goal/help").asDouble();
            assertThat(goal).isBetween(-0.5, 1.0);
            assertThat(Double.toString(goal)).matches("-?\\d\\.\\d{1,2}");
        }
    }

    /** There may be as many rows as prompts. */
    @Test
    void theRowsAreNotReadAgainForEachPrompt() {
        Rows ofOne = new Rows();
        Rows ofMany = new Rows();

        asking(ofOne, 1);
        asking(ofMany, 50);

        assertThat(ofMany.read).isEqualTo(ofOne.read);
    }

    private static List<Prompt> asking(Rows had, int prompts) {
        return new GoalChoice(new Stage.Goals("stage:labelled", Map.of(), 0), had, new RandomKeys(7), 1)
                .asking(IntStream.range(0, prompts)
                        .mapToObj(i -> PromptFile.prompt(i, JSON.readTree("{\"prompt\": \"p" + i + "\"}")))
                        .toList());
    }
}
