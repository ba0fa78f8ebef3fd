package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.common.FieldError;
import java.util.List;
import java.util.Map;

/** What is wrong with a task's parameters, all at once; pointers are from their root. */
@FunctionalInterface
public interface ParameterCheck {

    /** As far as it can be told at once: every request is checked so. */
    List<FieldError> errors(Map<String, Object> parameters);

    /** Also what another service has to be asked about. */
    default List<FieldError> errorsAfterAsking(Map<String, Object> parameters) {
        return errors(parameters);
    }
}
