package dev.tribunal.trainer.run;

import dev.tribunal.contracts.http.CommonError;
import dev.tribunal.contracts.http.TribunalException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingRequestWrapper;

/** Stops reading a spec that is too large, whether its length was announced or not. */
@Component
final class SpecSizeLimit extends OncePerRequestFilter {

    static final int MAX_BYTES = 1 << 20;

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getMethod().equals("POST");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(new Limited(request), response);
    }

    private static final class Limited extends ContentCachingRequestWrapper {

        Limited(HttpServletRequest request) {
            super(request, MAX_BYTES);
        }

        @Override
        protected void handleContentOverflow(int limit) {
            throw new TribunalException(
                    CommonError.PAYLOAD_TOO_LARGE, "The spec has more than " + limit + " bytes; shorten it.");
        }
    }
}
