package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.GenericTypeResolver;

/**
 * A judge that looks at each item by itself, and whose parameters are a record of its own. The record's components say
 * which parameters there are, their types and Bean Validation's annotations what is allowed; a component that a task
 * leaves out is null, which the record's constructor can replace by a default. All that is wrong with a task's
 * parameters is told at once.
 *
 * @param <P> components are texts, numbers, booleans, enums, lists, maps or records; none that must be given, or the
 *     judge cannot be put to the conformance gate, which gives none
 */
public interface TypedJudge<P extends Record> extends ItemJudge {

    /** @param deadline the batch's; only a judge that can be slow on one item need look at it */
    Opinion judge(JudgeItem item, P parameters, Deadline deadline);

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
        return RecordParameters.read(parameterType(), parameters).errors();
    }

    @Override
    default List<FieldError> checkItem(PromptItem item, Map<String, Object> parameters) {
        return checkItem(item, RecordParameters.read(parameterType(), parameters).required());
    }

    @Override
    default Opinion judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline) {
        return judge(item, RecordParameters.read(parameterType(), parameters).required(), deadline);
    }
}
