package dev.tribunal.servicekit.error;

import java.time.Duration;

/** There is too much to do already (429): the request may be repeated after a while, which {@code Retry-After} says. */
public final class BusyException extends TribunalException {

    private final Duration retryAfter;

    public BusyException(String message, Duration retryAfter) {
        super(CommonError.TOO_MANY_REQUESTS, message);
        this.retryAfter = retryAfter;
    }

    Duration retryAfter() {
        return retryAfter;
    }
}
