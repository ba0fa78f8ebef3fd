package dev.tribunal.reward.model;

import dev.tribunal.servicekit.error.ErrorCode;
import org.springframework.http.HttpStatus;

/** The reward service's errors. */
public enum RewardError implements ErrorCode {
    REWARD_MODEL_NOT_FOUND(HttpStatus.NOT_FOUND),
    REWARD_MODEL_EXISTS(HttpStatus.CONFLICT),
    REWARD_MODEL_NOT_READY(HttpStatus.CONFLICT),
    TOO_MANY_PREPARATIONS(HttpStatus.TOO_MANY_REQUESTS),
    EVALUATION_NOT_FOUND(HttpStatus.NOT_FOUND),
    TOO_MANY_EVALUATIONS(HttpStatus.TOO_MANY_REQUESTS);

    private final HttpStatus status;

    RewardError(HttpStatus status) {
        this.status = status;
    }

    @Override
    public HttpStatus status() {
        return status;
    }
}
