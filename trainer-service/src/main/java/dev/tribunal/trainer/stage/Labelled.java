package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.reward.Scores;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A completion with what was said of it.
 *
 * @param text the row's completion, or one of its pair
 */
record Labelled(Prompt row, String text, Scores scores, List<JudgeVerdict> verdicts) {

    boolean isUndecided() {
        return verdicts.stream().anyMatch(verdict -> verdict.verdict() == Verdict.UNDECIDED);
    }

    boolean isFeasible() {
        return verdicts.stream().allMatch(verdict -> verdict.verdict() == Verdict.SATISFIED);
    }

    /** The score of the one reward model; absent if it gave none. */
    @Nullable
    Double value() {
        return scores.ofOnly();
    }

    /** @param model its name in the stage, which has scored the completion */
    double value(String model) {
        return Objects.requireNonNull(scores.values().get(model)).value();
    }

    /** Whether every reward model gave a score. */
    boolean isScored() {
        return !scores.values().isEmpty();
    }

    /** Its score and its verdicts, as rows have them. */
    ObjectNode told() {
        ObjectNode told = JsonMapper.shared().createObjectNode();
        Double value = value();
        if (value != null) {
            told.put("score", value);
        } else if (isScored()) {
            ObjectNode all = told.putObject("scores");
            scores.values().forEach((model, score) -> all.put(model, score.value()));
        }
        verdicts.forEach(verdict -> told.withArray("verdicts")
                .addObject()
                .put("judge", verdict.judge() + "@" + verdict.version())
                .put("verdict", Words.of(verdict.verdict())));
        return told;
    }
}
