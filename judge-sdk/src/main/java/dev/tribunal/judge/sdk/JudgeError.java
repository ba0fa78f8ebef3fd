package dev.tribunal.judge.sdk;

import dev.tribunal.servicekit.error.ErrorCode;
import org.springframework.http.HttpStatus;

enum JudgeError implements ErrorCode {
    BUSY(HttpStatus.TOO_MANY_REQUESTS);

    private final HttpStatus status;

    JudgeError(HttpStatus status) {
        this.status = status;
    }

    @Override
    public HttpStatus status() {
        return status;
    }
}
