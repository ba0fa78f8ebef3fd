package dev.tribunal.judge.rules.text;

import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.TypedJudge;

/** Whether the model ended a completion itself. One that was cut off tells nothing of what it would have said. */
public final class FinishedJudge implements TypedJudge<FinishedJudge.Parameters> {

    private static final int MAX_BATCH_ITEMS = 256;

    record Parameters() {}

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                "finished", "1", JudgeApi.CONTRACT, "Ends by itself, and is not cut off.", true, MAX_BATCH_ITEMS);
    }

    @Override
    public ItemVerdict judge(JudgeItem item, Parameters parameters, Deadline deadline) {
        return switch (item.completion().finishReason()) {
            case "stop" -> ItemVerdict.satisfied("the model ended it");
            case "length" -> ItemVerdict.violated("it was cut off");
            case null -> ItemVerdict.undecided("no_finish_reason", "the completion has no finishReason");
            default ->
                ItemVerdict.undecided(
                        "unknown_finish_reason",
                        "completion.finishReason is '" + item.completion().finishReason()
                                + "', must be 'stop' or 'length'");
        };
    }
}
