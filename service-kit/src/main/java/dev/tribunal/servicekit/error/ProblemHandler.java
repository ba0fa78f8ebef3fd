package dev.tribunal.servicekit.error;

import dev.tribunal.contracts.common.FieldError;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.MismatchedInputException;

/** Maps every exception to a problem, once for all services. */
@RestControllerAdvice
public final class ProblemHandler extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);
    private static final String RETRY_AFTER_SECONDS = "5";

    private final String service;
    private final ProblemWriter problems;

    /** @param service this one's name, for its errors */
    public ProblemHandler(String service, ProblemWriter problems) {
        this.service = service;
        this.problems = problems;
    }

    @ExceptionHandler
    ResponseEntity<Object> onPurpose(TribunalException exception, HttpServletRequest request) {
        HttpHeaders headers = new HttpHeaders();
        int status = exception.code().status().value();
        if (exception instanceof BusyException busy) {
            headers.set(
                    HttpHeaders.RETRY_AFTER, String.valueOf(busy.retryAfter().toSeconds()));
        } else if (status == 429 || status == 503) {
            headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        return problem(exception.code(), exception.getMessage(), exception.errors(), headers, request);
    }

    /** After the answer has begun a problem would only be appended to it: then the server breaks the answer off. */
    @ExceptionHandler
    ResponseEntity<Object> unforeseen(Exception exception, HttpServletRequest request, HttpServletResponse response)
            throws Exception {
        if (response.isCommitted()) {
            throw exception;
        }
        DatabaseFailure database = DatabaseFailure.of(exception);
        if (database != null) {
            log.info("{} {} failed: {}", request.getMethod(), request.getRequestURI(), exception.toString());
            return onPurpose(told(database), request);
        }
        log.error("{} {} failed", request.getMethod(), request.getRequestURI(), exception);
        return problem(
                CommonError.INTERNAL,
                "Something went wrong on our side; the service's log has more under this request id.",
                List.of(),
                HttpHeaders.EMPTY,
                request);
    }

    private TribunalException told(DatabaseFailure failure) {
        return switch (failure) {
            case UNAVAILABLE ->
                new TribunalException(
                        CommonError.DATABASE_UNAVAILABLE,
                        "The database of the " + service.replace('-', ' ') + " does not answer. Try again in "
                                + RETRY_AFTER_SECONDS + " s; if it goes on, see that PostgreSQL is up.");
            case UNSTORABLE_TEXT ->
                new TribunalException(
                        CommonError.INVALID_REQUEST,
                        "A text in the request has the character NUL (U+0000), which cannot be stored; leave it out.");
            case OUT_OF_RANGE ->
                new TribunalException(
                        CommonError.INVALID_REQUEST,
                        "A text in the request is too long or a number too large to be stored.");
        };
    }

    /** A query that Tomcat cannot read into parameters. */
    @ExceptionHandler
    ResponseEntity<Object> malformedQuery(InvalidParameterException exception, HttpServletRequest request) {
        return onPurpose(
                new TribunalException(
                        CommonError.MALFORMED_REQUEST,
                        "The query cannot be read; check its percent signs and how many parameters it has."),
                request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException exception, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String where = exception instanceof MethodArgumentTypeMismatchException argument
                ? (argument.getParameter().hasParameterAnnotation(RequestHeader.class) ? "header" : "query parameter")
                        + " '" + argument.getName() + "'"
                : "value";
        return problem(
                CommonError.MALFORMED_REQUEST,
                "The " + where + " is '" + exception.getValue() + "', must be "
                        + WrongKind.kind(exception.getRequiredType()) + ".",
                List.of(),
                headers,
                request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException exception, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return problem(CommonError.NOT_FOUND, "There is nothing at this path.", List.of(), headers, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException exception, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Throwable cause = exception.getMostSpecificCause();
        boolean blank = cause instanceof MismatchedInputException nothing
                && nothing.getPath().isEmpty()
                && nothing.getOriginalMessage().startsWith("No content");
        if (cause.equals(exception) || blank) {
            return problem(
                    CommonError.MALFORMED_REQUEST,
                    "The body is empty, or null; this operation needs one, in JSON.",
                    List.of(),
                    headers,
                    request);
        }
        if (cause instanceof MismatchedInputException mismatch) {
            FieldError error = WrongKind.of(mismatch);
            return problem(
                    CommonError.INVALID_REQUEST,
                    "The body has a value of the wrong kind.",
                    List.of(error),
                    headers,
                    request);
        }
        String detail = cause instanceof JacksonException unreadable
                ? "The body cannot be read" + WrongKind.place(unreadable) + "."
                : "The body cannot be read.";
        return problem(CommonError.MALFORMED_REQUEST, detail, List.of(), headers, request);
    }

    /** Spring's own exceptions: its status and words, our members. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception exception,
            @Nullable Object body,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        String detail = body instanceof ProblemDetail given && given.getDetail() != null
                ? given.getDetail()
                : firstLine(exception.getMessage());
        return problem(CommonError.of(status.value()), detail, List.of(), headers, request);
    }

    private ResponseEntity<Object> problem(
            ErrorCode code, String detail, List<FieldError> errors, HttpHeaders headers, WebRequest request) {
        return problem(code, detail, errors, headers, ((ServletWebRequest) request).getRequest());
    }

    /** As bytes, which Spring passes on whatever the client accepts. */
    private ResponseEntity<Object> problem(
            ErrorCode code, String detail, List<FieldError> errors, HttpHeaders headers, HttpServletRequest request) {
        return ResponseEntity.status(code.status())
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problems.json(request, code, detail, errors));
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "no details" : message.lines().findFirst().orElse("no details");
    }
}
