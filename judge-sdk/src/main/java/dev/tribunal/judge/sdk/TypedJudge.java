package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.servicekit.input.InputReader;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.springframework.core.GenericTypeResolver;

/**
 * A judge that looks at each item by itself, and whose parameters are a record of its own, which {@link InputReader}
 * reads: the record's components say which parameters there are, their types and Bean Validation's annotations what is
 * allowed. A component has to be given unless it has a {@link dev.tribunal.input.Default} or is
 * {@code @Nullable}; rules that span components are a {@link dev.tribunal.input.Checked}'s. All that is wrong
 * with a task's parameters is told at once.
 *
 * @param <P> components are texts, numbers, booleans, enums, lists, maps or records; the conformance gate gives no
 *     parameters, so that a judge that asks for some cannot be put to it
 */
public interface TypedJudge<P extends Record> extends ItemJudge {

    /** @param deadline the batch's; only a judge that can be slow on one item need look at it */
    ItemVerdict judge(JudgeItem item, P parameters, Deadline deadline);

    /** As {@link #checkItem(PromptItem, Map)}, with the parameters as a record. */
    default List<FieldError> checkItem(PromptItem item, P parameters) {
        return List.of();
    }

    /** As the class says that implements this interface. */
    @SuppressWarnings("unchecked")
    default Class<P> parameterType() {
        return (Class<P>) Objects.requireNonNull(
                GenericTypeResolver.resolveTypeArgument(getClass(), TypedJudge.class),
                () -> getClass() + " must name its parameters' type: implements TypedJudge<MyParameters>");
    }

    @Override
    default List<FieldError> check(Map<String, Object> parameters) {
        return InputReader.read(parameterType(), parameters).mistakes();
    }

    @Override
    default List<FieldError> checkItem(PromptItem item, Map<String, Object> parameters) {
        return checkItemWith(parameters).apply(item);
    }

    @Override
    default Function<PromptItem, List<FieldError>> checkItemWith(Map<String, Object> parameters) {
        P read = InputReader.read(parameterType(), parameters).required();
        return item -> checkItem(item, read);
    }

    @Override
    default ItemVerdict judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline) {
        return judgeWith(parameters).apply(item, deadline);
    }

    @Override
    default BiFunction<JudgeItem, Deadline, ItemVerdict> judgeWith(Map<String, Object> parameters) {
        P read = InputReader.read(parameterType(), parameters).required();
        return (item, deadline) -> judge(item, read, deadline);
    }
}
