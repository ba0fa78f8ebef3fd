package dev.tribunal.servicekit.caller;

import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.filter.OncePerRequestFilter;

/** Reads for whom a request is, after the services' own token has let it in. */
@Order(Ordered.HIGHEST_PRECEDENCE + 15)
public final class CallerFilter extends OncePerRequestFilter {

    private final ProblemWriter problems;

    public CallerFilter(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Caller caller;
        try {
            caller = Caller.readFrom(new ServletServerHttpRequest(request).getHeaders());
        } catch (IllegalArgumentException e) {
            problems.write(request, response, CommonError.MALFORMED_REQUEST, String.valueOf(e.getMessage()) + ".");
            return;
        }
        try {
            caller.run(() -> {
                try {
                    chain.doFilter(request, response);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (ServletException e) {
                    throw new Failed(e);
                }
                return null;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (Failed e) {
            throw e.why;
        }
    }

    private static final class Failed extends RuntimeException {
        private final ServletException why;

        private Failed(ServletException why) {
            super(null, why, false, false);
            this.why = why;
        }
    }
}
