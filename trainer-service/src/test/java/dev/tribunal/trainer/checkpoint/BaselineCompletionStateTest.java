package dev.tribunal.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.trainer.checkpoint.BaselineCompletionState.Text;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class BaselineCompletionStateTest {

    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void isReadAsItWasWritten() {
        BaselineCompletionState written = new BaselineCompletionState(
                Map.of(),
                Map.of(3, Map.of("helpfulness", new ScoreValue(1.5, 0.25, Map.of("kind", 0.5)))),
                Map.of(4, List.of()),
                Map.of(5, 2));

        assertThat(JSON.readValue(JSON.writeValueAsString(written), BaselineCompletionState.class))
                .isEqualTo(written);
    }

    /** A run that an older trainer has begun goes on; its scores do not say of which reward model they are. */
    @Test
    void scoresFromBeforeThereWereSeveralRewardModelsAreAskedForAgain() {
        BaselineCompletionState old =
                JSON.readValue("""
                {"texts": {"0": {"text": "yes", "ids": [4, 1], "finishReason": "%s"}},
                 "scores": {"0": {"value": 1.5, "error": null}}, "verdicts": {"0": []}}
                """.formatted(FinishReason.values()[0]), BaselineCompletionState.class);

        assertThat(old.scores()).isEmpty();
        assertThat(old.redraws()).isEmpty();
        assertThat(old.texts()).extractingByKey(0).extracting(Text::text).isEqualTo("yes");
        assertThat(old.verdicts()).containsOnlyKeys(0);
    }
}
