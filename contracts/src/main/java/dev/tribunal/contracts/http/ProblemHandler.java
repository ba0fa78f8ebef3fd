package dev.tribunal.contracts.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.databind.exc.MismatchedInputException;

/** Maps every exception to a problem, once for all services. */
@RestControllerAdvice
public final class ProblemHandler extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> onPurpose(TribunalException exception, HttpServletRequest request) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(exception.code().status());
        if (exception instanceof BusyException busy) {
            answer.header(HttpHeaders.RETRY_AFTER, String.valueOf(busy.retryAfter().toSeconds()));
        }
        return answer.body(
                ProblemWriter.problem(request, exception.code(), exception.getMessage(), exception.errors()));
    }

    /** After the answer has begun a problem would only be appended to it: then the server breaks the answer off. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> unforeseen(
            Exception exception, HttpServletRequest request, HttpServletResponse response) throws Exception {
        if (response.isCommitted()) {
            throw exception;
        }
        log.error("{} {} failed", request.getMethod(), request.getRequestURI(), exception);
        ProblemDetail problem = ProblemWriter.problem(
                request,
                CommonError.INTERNAL,
                "Something went wrong on our side; the service's log has more under this request id.",
                List.of());
        return ResponseEntity.status(problem.getStatus()).body(problem);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException exception, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (exception.getMostSpecificCause() instanceof MismatchedInputException mismatch) {
            FieldError error = WrongKind.of(mismatch);
            return problem(
                    CommonError.INVALID_REQUEST, "The body has a value of the wrong kind.", List.of(error), headers, request);
        }
        String detail = "The body cannot be read: " + firstLine(exception.getMostSpecificCause().getMessage());
        return problem(CommonError.MALFORMED_REQUEST, detail, List.of(), headers, request);
    }

    /** Spring's own exceptions: its status and words, our members. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception exception, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String detail = body instanceof ProblemDetail given && given.getDetail() != null
                ? given.getDetail()
                : firstLine(exception.getMessage());
        return problem(codeOf(status), detail, List.of(), headers, request);
    }

    private static ResponseEntity<Object> problem(
            ErrorCode code, String detail, List<FieldError> errors, HttpHeaders headers, WebRequest request) {
        HttpServletRequest servletRequest = ((ServletWebRequest) request).getRequest();
        return ResponseEntity.status(code.status())
                .headers(headers)
                .body(ProblemWriter.problem(servletRequest, code, detail, errors));
    }

    private static ErrorCode codeOf(HttpStatusCode status) {
        for (CommonError code : CommonError.values()) {
            if (code.status().value() == status.value()) {
                return code;
            }
        }
        return status.is4xxClientError() ? new OtherClientError(status) : CommonError.INTERNAL;
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "no details" : message.lines().findFirst().orElse("no details");
    }

    /** A client error that Spring knows and {@link CommonError} does not name, such as 406. */
    private record OtherClientError(HttpStatusCode statusCode) implements ErrorCode {

        @Override
        public HttpStatus status() {
            return HttpStatus.valueOf(statusCode.value());
        }

        @Override
        public String name() {
            return status().name();
        }
    }
}
