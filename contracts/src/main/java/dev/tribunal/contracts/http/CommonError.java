package dev.tribunal.contracts.http;

import org.springframework.http.HttpStatus;

/** Errors that any service can give. */
public enum CommonError implements ErrorCode {
    MALFORMED_REQUEST(HttpStatus.BAD_REQUEST),
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED),
    NOT_FOUND(HttpStatus.NOT_FOUND),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED),
    CONFLICT(HttpStatus.CONFLICT),
    PAYLOAD_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE),
    INVALID_REQUEST(HttpStatus.UNPROCESSABLE_CONTENT),
    /** Too much waits to be computed already; {@code Retry-After} says when to try again. */
    TOO_MANY_REQUESTS(HttpStatus.TOO_MANY_REQUESTS),
    /** What the request asked to be computed took too long and was stopped. */
    WORK_TIMEOUT(HttpStatus.SERVICE_UNAVAILABLE),
    UPSTREAM_UNREACHABLE(HttpStatus.BAD_GATEWAY),
    UPSTREAM_TIMEOUT(HttpStatus.GATEWAY_TIMEOUT),
    INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR);

    private final HttpStatus status;

    CommonError(HttpStatus status) {
        this.status = status;
    }

    @Override
    public HttpStatus status() {
        return status;
    }
}
