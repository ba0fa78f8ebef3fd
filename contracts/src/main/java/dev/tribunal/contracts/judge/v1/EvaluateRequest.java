package dev.tribunal.contracts.judge.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.tribunal.contracts.common.ItemIds;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks a judge about some items.
 *
 * @param requestId the asker's; the answer repeats it
 * @param deadlineMs milliseconds from receipt until the answer is of no use any more
 * @param items at most the judge's {@code maxBatchItems}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record EvaluateRequest(
        String requestId,
        @Min(1) long deadlineMs,
        @Nullable EvaluationContext context,
        JudgeReference judge,
        @Size List<JudgeItem> items)
        implements Checked {

    /** For a request of no run: {@code jr_} and 32 random hexadecimal digits. */
    public static String randomId() {
        return "jr_" + UUID.randomUUID().toString().replace("-", "");
    }

    @Override
    public void check(Findings findings) {
        ItemIds.check(items, JudgeItem::itemId, findings);
    }
}
