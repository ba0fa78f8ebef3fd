package dev.tribunal.reward.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.reward.v1.ScoreRequest.Item;
import dev.tribunal.contracts.reward.v1.ScoreResponse.Result;
import dev.tribunal.contracts.reward.v1.ScoreResponse.ScoreError;
import dev.tribunal.reward.LengthModel;
import dev.tribunal.reward.head.Heads;
import dev.tribunal.servicekit.work.WorkPool;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchScorerTest {

    private final LengthModel model = new LengthModel(1);
    private final WorkPool pool = new WorkPool("requests for scores", 1, 1);

    @Test
    void scoresComeInTheOrderAskedWhateverTheLengths() {
        List<Result> results = scorer().score(List.of(item("a", "12345"), item("b", "1"), item("c", "123")));

        // the prompt "hi", the separator, the completion
        assertThat(results)
                .containsExactly(new Result("a", 8.0, null), new Result("b", 4.0, null), new Result("c", 6.0, null));
    }

    @Test
    void anItemThatCannotBeScoredSpoilsNoOther() {
        List<Result> results = scorer().score(List.of(
                item("empty", ""),
                item("good", "1"),
                item("nan", "what?"),
                item("long", "x".repeat(LengthModel.POSITIONS)),
                item("huge", "x".repeat(Scoring.MAX_CHARACTERS))));

        assertThat(results.stream().map(Result::itemId)).containsExactly("empty", "good", "nan", "long", "huge");
        assertThat(results.get(1).score()).isEqualTo(4.0);
        assertThat(results.get(0).score())
                .as("an empty answer has its worth as well")
                .isNotNull();
        assertThat(error(results.get(2)).code()).isEqualTo("not_finite");
        assertThat(error(results.get(3)))
                .isEqualTo(new ScoreError("too_long", "35 tokens; the reward model reads at most 32"));
        assertThat(error(results.get(4)).code()).isEqualTo("too_long");
    }

    @Test
    void aLargeRequestIsScoredInBoundedBatches() {
        List<Item> items = IntStream.range(0, 1000)
                .mapToObj(i -> item("i" + i, "x".repeat(1 + i % 29)))
                .toList();

        List<Result> results = scorer().score(items);

        assertThat(results).allSatisfy(result -> assertThat(result.score()).isNotNull());
        assertThat(results.get(500).score()).isEqualTo(4.0 + 500 % 29);
        assertThat(model.batches).hasSizeGreaterThan(1);
        assertThat(model.batches.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1000);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private BatchScorer scorer() {
        return new BatchScorer(model, new Heads(List.of()), pool, Duration.ofMinutes(1));
    }

    private static ScoreError error(Result result) {
        assertThat(result.score()).isNull();
        assertThat(result.error()).isNotNull();
        return result.error();
    }

    private static Item item(String id, String completion) {
        return new Item(id, List.of(Message.user("hi")), completion);
    }
}
