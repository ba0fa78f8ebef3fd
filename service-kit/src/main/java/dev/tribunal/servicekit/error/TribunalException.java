package dev.tribunal.servicekit.error;

import dev.tribunal.contracts.common.FieldError;
import java.util.List;
import java.util.Objects;

/** The root of what Tribunal's services throw on purpose: a code, and a message that tells the user what to do. */
public class TribunalException extends RuntimeException {

    private final transient ErrorCode code;
    private final transient List<FieldError> errors;

    public TribunalException(ErrorCode code, String message) {
        this(code, message, List.of());
    }

    public TribunalException(ErrorCode code, String message, List<FieldError> errors) {
        super(message);
        this.code = code;
        this.errors = List.copyOf(errors);
    }

    public TribunalException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.errors = List.of();
    }

    /** @param what has mistakes, as the subject of a sentence */
    public static TribunalException ofMistakes(String what, List<FieldError> mistakes) {
        return new TribunalException(
                CommonError.INVALID_REQUEST, what + " has " + mistakes.size() + " mistake(s).", mistakes);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage(), "every constructor takes one");
    }

    public ErrorCode code() {
        return code;
    }

    /** All mistakes at once; empty if the message says it all. */
    public List<FieldError> errors() {
        return errors;
    }
}
