package dev.tribunal.trainer.strategy;

import dev.tribunal.contracts.runs.v1.generation.GenerationResource.Answer;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource.Totals;
import java.util.Collection;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an answer cost and is worth.
 *
 * @param score raw; absent without one
 * @param feasible absent if it is not decided, or nobody judged
 * @param klBound nats; absent but for best of n
 */
public record Worth(
        long tokensSampled,
        @Nullable Double score,
        @Nullable Boolean feasible,
        @Nullable Double klBound) {

    public static Worth of(Answer answer) {
        return new Worth(
                answer.tokensSampled(), answer.chosen().score(), answer.chosen().feasible(), answer.klBound());
    }

    /** @param strategy its name */
    public static Totals totals(String strategy, Collection<Worth> answers) {
        long tokens = answers.stream().mapToLong(Worth::tokensSampled).sum();
        return new Totals(
                strategy,
                tokens,
                answers.isEmpty() ? 0 : (double) tokens / answers.size(),
                mean(answers, Worth::score),
                mean(answers, worth -> worth.feasible() == null ? null : worth.feasible() ? 1.0 : 0),
                mean(answers, Worth::klBound));
    }

    private static @Nullable Double mean(Collection<Worth> answers, Function<Worth, @Nullable Double> value) {
        OptionalDouble mean = answers.stream()
                .map(value)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .average();
        return mean.isPresent() ? (Double) mean.getAsDouble() : null;
    }
}
