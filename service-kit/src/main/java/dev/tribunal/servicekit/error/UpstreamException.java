package dev.tribunal.servicekit.error;

import dev.tribunal.contracts.common.FieldError;
import java.util.List;
import org.springframework.http.HttpStatus;

/** Another service of the platform answered with an error: its status, code and words. */
public final class UpstreamException extends TribunalException {

    public UpstreamException(HttpStatus status, String code, String message, List<FieldError> errors) {
        super(new UpstreamCode(status, code), message, errors);
    }

    private record UpstreamCode(HttpStatus status, String code) implements ErrorCode {

        @Override
        public String name() {
            return code;
        }
    }
}
