package dev.tribunal.servicekit.http;

import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses at the door what no operation takes: a query that is not Unicode text, forms, bodies without a type, too large
 * or too slow. Nothing behind it has read any of the body yet, and the gateway has not begun to pass it on.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
final class RequestGuard extends OncePerRequestFilter {

    private static final String HOW =
            "; send JSON with the header Content-Type: application/json" + " (a run's spec may be application/yaml)";

    /** Of a part that there is not Spring's endpoint answers a bare status, and it fails on a part of one. */
    private static final Pattern UNKNOWN_HEALTH = Pattern.compile("/health/(?!(live|ready|door)/?$).*");

    private final BodyLimits limits;
    private final Duration grace;
    private final ProblemWriter problems;

    /** @param grace how long a body may take however short it is */
    RequestGuard(BodyLimits limits, Duration grace, ProblemWriter problems) {
        this.limits = limits;
        this.grace = grace;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (hasDotSegment(request.getRequestURI())) {
            problems.write(
                    request,
                    response,
                    CommonError.MALFORMED_REQUEST,
                    "The path has a segment '..', which would lead elsewhere than it seems; write it out.");
            return;
        }
        if (UNKNOWN_HEALTH.matcher(request.getRequestURI()).matches()) {
            problems.write(request, response, CommonError.NOT_FOUND, "There is nothing at this path.");
            return;
        }
        String query = QueryText.objection(request.getQueryString());
        if (query != null) {
            problems.write(request, response, CommonError.MALFORMED_REQUEST, query);
            return;
        }
        String accept = acceptObjection(request.getHeader(HttpHeaders.ACCEPT));
        if (accept != null) {
            problems.write(request, response, CommonError.NOT_ACCEPTABLE, accept);
            return;
        }
        if (!hasBody(request)) {
            chain.doFilter(request, response);
            return;
        }
        String type = typeObjection(request.getContentType());
        if (type != null) {
            response.setHeader(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE);
            problems.write(request, response, CommonError.UNSUPPORTED_MEDIA_TYPE, type);
            return;
        }
        DataSize most = limits.of(request);
        if (request.getContentLengthLong() > most.toBytes()) {
            problems.write(request, response, BodyLimits.tooLarge(most));
            return;
        }
        chain.doFilter(new Bounded(request, most), response);
    }

    /** As it was sent, before it is resolved. */
    private static boolean hasDotSegment(String path) {
        return (path + "/").replace("%2e", ".").replace("%2E", ".").contains("/../");
    }

    static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    private static @Nullable String acceptObjection(@Nullable String accept) {
        try {
            MediaType.parseMediaTypes(accept);
            return null;
        } catch (InvalidMediaTypeException e) {
            return "The header Accept is '" + accept + "', which is not a list of media types; leave it out, or send"
                    + " application/json.";
        }
    }

    /** A form's fields would be read as parameters of the query, and its body would be gone. */
    private static @Nullable String typeObjection(@Nullable String contentType) {
        if (contentType == null || contentType.isBlank()) {
            return "The body has no Content-Type" + HOW + ".";
        }
        try {
            MediaType type = MediaType.parseMediaType(contentType);
            if (type.isCompatibleWith(MediaType.APPLICATION_FORM_URLENCODED)) {
                return "The body's Content-Type is " + contentType + ", which is what curl -d says by itself" + HOW
                        + ".";
            }
            boolean known = type.getSubtype().equals("json")
                    || type.getSubtype().endsWith("+json")
                    || type.getSubtype().endsWith("yaml");
            return known ? null : "The body's Content-Type is " + contentType + HOW + ".";
        } catch (InvalidMediaTypeException e) {
            return "The body's Content-Type is '" + contentType + "', which is not a media type" + HOW + ".";
        }
    }

    private final class Bounded extends HttpServletRequestWrapper {

        private final DataSize most;
        private @Nullable BoundedBody body;

        private Bounded(HttpServletRequest request, DataSize most) {
            super(request);
            this.most = most;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (body == null) {
                body = new BoundedBody(super.getInputStream(), most, grace);
            }
            return body;
        }
    }
}
