package dev.tribunal.contracts.judge.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.tribunal.contracts.common.ItemIds;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Size;
import java.util.List;

/**
 * Asks a judge which prompts it could not judge a completion of, whatever the completion says.
 *
 * @param items at most the judge's {@code maxBatchItems}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CheckRequest(JudgeReference judge, @Size List<PromptItem> items) implements Checked {

    @Override
    public void check(Findings findings) {
        ItemIds.check(items, PromptItem::itemId, findings);
    }
}
