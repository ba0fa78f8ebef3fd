package dev.tribunal.servicekit.error;

import dev.tribunal.contracts.common.FieldError;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import tools.jackson.databind.json.JsonMapper;

/** Builds and writes problem details (RFC 9457) with {@code code}, {@code requestId} and {@code errors}. */
public final class ProblemWriter {

    private final JsonMapper json;

    public ProblemWriter(JsonMapper json) {
        this.json = json;
    }

    /** Writes a problem where no controller is at hand: in a filter or a proxy. */
    public void write(HttpServletRequest request, HttpServletResponse response, ErrorCode code, String detail)
            throws IOException {
        write(request, response, new TribunalException(code, detail));
    }

    /** Writes what the exception says. */
    public void write(HttpServletRequest request, HttpServletResponse response, TribunalException exception)
            throws IOException {
        response.setStatus(exception.code().status().value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        byte[] problem = json(request, exception.code(), exception.getMessage(), exception.errors());
        response.setContentLength(problem.length);
        response.getOutputStream().write(problem);
    }

    byte[] json(HttpServletRequest request, ErrorCode code, String detail, List<FieldError> errors) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(code.status(), detail);
        instance(request).ifPresent(problem::setInstance);
        problem.setProperty("code", code.code());
        problem.setProperty("requestId", RequestId.of(request));
        problem.setProperty("errors", errors);
        return json.writeValueAsBytes(problem);
    }

    private static Optional<URI> instance(HttpServletRequest request) {
        try {
            return Optional.of(URI.create(request.getRequestURI()));
        } catch (IllegalArgumentException | NullPointerException notEvenAPath) {
            return Optional.empty();
        }
    }
}
