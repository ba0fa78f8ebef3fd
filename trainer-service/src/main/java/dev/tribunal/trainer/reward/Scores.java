package dev.tribunal.trainer.reward;

import dev.tribunal.methods.reward.ScoreValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a task's reward models say of a completion.
 *
 * @param byModel by their names in the task, in its order; none where nothing is scored
 */
public record Scores(Map<String, Score> byModel) {

    public Scores {
        byModel = Collections.unmodifiableMap(new LinkedHashMap<>(byModel));
    }

    public static Scores of(String model, Score score) {
        return new Scores(Map.of(model, score));
    }

    /** Of answers that were kept. */
    public static Scores known(Map<String, ScoreValue> values) {
        Map<String, Score> scores = new LinkedHashMap<>();
        values.forEach((model, value) -> scores.put(model, Score.of(value)));
        return new Scores(scores);
    }

    /** By reward model; empty if one of them gave none: a reward takes all of them. */
    public Map<String, ScoreValue> values() {
        Map<String, ScoreValue> values = new LinkedHashMap<>();
        byModel.forEach((model, score) -> {
            if (score.value() != null) {
                values.put(model, score.value());
            }
        });
        return values.size() == byModel.size() ? values : Map.of();
    }

    /** The raw score where the task has one reward model. */
    public @Nullable Double ofOnly() {
        ScoreValue value =
                byModel.size() == 1 ? byModel.values().iterator().next().value() : null;
        return value == null ? null : value.value();
    }

    /** Why there is no reward; absent if all gave a score. Names the reward model where there are several. */
    public @Nullable String error() {
        String errors = byModel.entrySet().stream()
                .filter(model -> model.getValue().error() != null)
                .map(model -> byModel.size() == 1
                        ? Objects.requireNonNull(model.getValue().error())
                        : model.getKey() + ": " + model.getValue().error())
                .collect(Collectors.joining("; "));
        return errors.isEmpty() ? null : errors;
    }
}
