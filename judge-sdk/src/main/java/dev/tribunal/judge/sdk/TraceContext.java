package dev.tribunal.judge.sdk;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps a request's {@code traceparent} (W3C Trace Context) at hand while it is judged: {@code traceId} in every log
 * line, and {@code MDC.get("traceparent")} for a judge that calls out and hands it on.
 */
final class TraceContext extends OncePerRequestFilter {

    private static final String HEADER = "traceparent";
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.{0,64}");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String brought = request.getHeader(HEADER);
        Matcher form = FORM.matcher(brought == null ? "" : brought);
        if (!form.matches()) {
            chain.doFilter(request, response);
            return;
        }
        MDC.put(HEADER, brought);
        MDC.put("traceId", form.group(1));
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(HEADER);
            MDC.remove("traceId");
        }
    }
}
