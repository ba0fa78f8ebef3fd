package dev.tribunal.servicekit.trace;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/** A span for each request that belongs to a trace. What pages and probes ask by themselves begins none. */
@Order(Ordered.HIGHEST_PRECEDENCE + 16)
final class TraceFilter extends OncePerRequestFilter {

    private final Traces traces;

    TraceFilter(Traces traces) {
        this.traces = traces;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !traces.on() || request.getHeader("traceparent") == null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String method = request.getMethod();
        try (Span span = Span.asked(traces, method, request::getHeader)) {
            span.tag("http.request.method", method);
            chain.doFilter(request, response);
            if (request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof String route) {
                span.name(method + " " + route);
                span.tag("http.route", route);
            }
            span.answered(response.getStatus());
        }
    }
}
