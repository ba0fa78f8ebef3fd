package dev.tribunal.trainer;

import dev.tribunal.servicekit.error.ErrorCode;
import org.springframework.http.HttpStatus;

/** Errors of the trainer service. */
public enum TrainerError implements ErrorCode {
    /** The run's spec has mistakes; {@code errors} has all of them. */
    INVALID_SPEC(HttpStatus.UNPROCESSABLE_CONTENT),
    /** Nothing is wrong with the spec itself, but a service that it needs, or its database, is away. */
    DEPENDENCY_UNREACHABLE(HttpStatus.SERVICE_UNAVAILABLE),
    RUN_NOT_FOUND(HttpStatus.NOT_FOUND),
    /** The run has no checkpoint of that step, or no longer. */
    CHECKPOINT_NOT_FOUND(HttpStatus.NOT_FOUND),
    /** The checkpoint has no such file, or its files are not on this trainer's disk. */
    FILE_NOT_FOUND(HttpStatus.NOT_FOUND),
    /** The run has no rollout of that id, or no longer. */
    EPISODE_NOT_FOUND(HttpStatus.NOT_FOUND),
    /** The checkpoint whose tokenizer a run has used is not on this trainer's disk any more. */
    TOKENIZER_NOT_THERE(HttpStatus.CONFLICT),
    /** What a fork asks for has mistakes, or takes over a state that its patch makes invalid; {@code errors} has all of them. */
    INVALID_FORK(HttpStatus.UNPROCESSABLE_CONTENT),
    /** What a comparison asks for, or the spec of one of its arms, has mistakes; {@code errors} has all of them. */
    INVALID_COMPARISON(HttpStatus.UNPROCESSABLE_CONTENT),
    COMPARISON_NOT_FOUND(HttpStatus.NOT_FOUND),
    /** What a rejudgement asks for has mistakes; {@code errors} has all of them. */
    INVALID_REJUDGEMENT(HttpStatus.UNPROCESSABLE_CONTENT),
    REJUDGEMENT_NOT_FOUND(HttpStatus.NOT_FOUND),
    /** The run keeps as many rejudgements as it may. */
    TOO_MANY_REJUDGEMENTS(HttpStatus.CONFLICT),
    METHOD_NOT_FOUND(HttpStatus.NOT_FOUND),
    /** The groups to try a method on, or its hyperparameters, have mistakes; {@code errors} has all of them. */
    INVALID_TRIAL(HttpStatus.UNPROCESSABLE_CONTENT),
    /** The run's state does not allow the action. */
    ACTION_NOT_ALLOWED(HttpStatus.CONFLICT),
    /** The idempotency key belongs to a request with another body. */
    IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT),
    /** The first request with this idempotency key has no answer yet. */
    IDEMPOTENCY_IN_FLIGHT(HttpStatus.CONFLICT);

    private final HttpStatus status;

    TrainerError(HttpStatus status) {
        this.status = status;
    }

    @Override
    public HttpStatus status() {
        return status;
    }
}
