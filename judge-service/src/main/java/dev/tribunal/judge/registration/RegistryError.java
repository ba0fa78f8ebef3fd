package dev.tribunal.judge.registration;

import dev.tribunal.servicekit.error.ErrorCode;
import org.springframework.http.HttpStatus;

public enum RegistryError implements ErrorCode {
    JUDGE_NOT_FOUND(HttpStatus.NOT_FOUND),
    JUDGE_VERSION_EXISTS(HttpStatus.CONFLICT),
    JUDGE_NOT_ACTIVE(HttpStatus.CONFLICT),
    JUDGE_STATE_CONFLICT(HttpStatus.CONFLICT),
    JUDGE_IN_USE(HttpStatus.CONFLICT),
    RUNS_UNKNOWN(HttpStatus.SERVICE_UNAVAILABLE);

    private final HttpStatus status;

    RegistryError(HttpStatus status) {
        this.status = status;
    }

    @Override
    public HttpStatus status() {
        return status;
    }
}
