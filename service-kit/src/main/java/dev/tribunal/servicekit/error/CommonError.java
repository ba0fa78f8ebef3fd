package dev.tribunal.servicekit.error;

import org.springframework.http.HttpStatus;

/** Errors that any service can give. */
public enum CommonError implements ErrorCode {
    MALFORMED_REQUEST(HttpStatus.BAD_REQUEST),
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED),
    /** Who asks is known, and may not. */
    FORBIDDEN(HttpStatus.FORBIDDEN),
    NOT_FOUND(HttpStatus.NOT_FOUND),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE),
    REQUEST_TIMEOUT(HttpStatus.REQUEST_TIMEOUT),
    CONFLICT(HttpStatus.CONFLICT),
    PAYLOAD_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE),
    URI_TOO_LONG(HttpStatus.URI_TOO_LONG),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE),
    INVALID_REQUEST(HttpStatus.UNPROCESSABLE_CONTENT),
    /** Too much waits to be computed already; {@code Retry-After} says when to try again. */
    TOO_MANY_REQUESTS(HttpStatus.TOO_MANY_REQUESTS),
    HEADERS_TOO_LARGE(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR),
    NOT_IMPLEMENTED(HttpStatus.NOT_IMPLEMENTED),
    UPSTREAM_UNREACHABLE(HttpStatus.BAD_GATEWAY),
    /** The service's database is away or does not answer; {@code Retry-After} says when to try again. */
    DATABASE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
    /** What the request asked to be computed took too long and was stopped. */
    WORK_TIMEOUT(HttpStatus.SERVICE_UNAVAILABLE),
    UPSTREAM_TIMEOUT(HttpStatus.GATEWAY_TIMEOUT),
    HTTP_VERSION_NOT_SUPPORTED(HttpStatus.HTTP_VERSION_NOT_SUPPORTED);

    private final HttpStatus status;

    CommonError(HttpStatus status) {
        this.status = status;
    }

    @Override
    public HttpStatus status() {
        return status;
    }

    /** The error of a status without an error of its own. */
    public static CommonError of(int status) {
        for (CommonError error : values()) {
            if (error.status.value() == status) {
                return error;
            }
        }
        return status < 500 ? MALFORMED_REQUEST : INTERNAL;
    }
}
