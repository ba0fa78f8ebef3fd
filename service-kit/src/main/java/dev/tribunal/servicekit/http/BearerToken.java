package dev.tribunal.servicekit.http;

import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets a request in only with the platform's bearer token, but for the paths that need none. */
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
public final class BearerToken extends OncePerRequestFilter {

    private static final int SHORTEST = 16;
    private static final String SCHEME = "Bearer ";
    private static final String REALM = "Bearer realm=\"tribunal\"";
    private static final String HOW = "Send the token as a header: Authorization: Bearer TOKEN. ";
    private static final String WHERE = "./tribunal up prints the token and keeps it in its home, in the file 'token';"
            + " a service that was deployed otherwise has it in its setting tribunal.http.token.";

    private static final String METRICS = "/metrics";

    private final byte[] token;
    private final byte @Nullable [] metricsToken;
    private final List<String> openPaths;
    private final ProblemWriter problems;

    /**
     * @param metricsToken that lets in to the metrics alone; null if there is none
     * @param openPaths exact paths, or prefixes that end in {@code /**}
     */
    BearerToken(String token, @Nullable String metricsToken, List<String> openPaths, ProblemWriter problems) {
        this.token = secret("tribunal.http.token", token);
        this.metricsToken = metricsToken == null ? null : secret("tribunal.http.metrics-token", metricsToken);
        if (token.equals(metricsToken)) {
            throw new IllegalStateException(
                    "tribunal.http.metrics-token is tribunal.http.token: who measures could do all;"
                            + " set it to another secret");
        }
        this.openPaths = openPaths;
        this.problems = problems;
    }

    private static byte[] secret(String setting, String secret) {
        if (secret.length() < SHORTEST) {
            throw new IllegalStateException(
                    setting + " has " + secret.length() + " characters; set it to a secret of at least " + SHORTEST);
        }
        return secret.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (open(request.getRequestURI())
                || carries(token, header)
                || metricsToken != null && request.getRequestURI().equals(METRICS) && carries(metricsToken, header)) {
            chain.doFilter(request, response);
            return;
        }
        boolean wrong = isBearer(header);
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, wrong ? REALM + ", error=\"invalid_token\"" : REALM);
        problems.write(request, response, CommonError.UNAUTHENTICATED, (wrong ? "The token is wrong. " : HOW) + WHERE);
    }

    private boolean open(String path) {
        return openPaths.stream()
                .anyMatch(open -> open.endsWith("/**")
                        ? path.startsWith(open.substring(0, open.length() - 2))
                        : path.equals(open));
    }

    private static boolean carries(byte[] secret, @Nullable String header) {
        return header != null
                && isBearer(header)
                && MessageDigest.isEqual(
                        secret, header.substring(SCHEME.length()).trim().getBytes(StandardCharsets.UTF_8));
    }

    /** A scheme's case does not matter (RFC 9110, 11.1). */
    private static boolean isBearer(@Nullable String header) {
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }
}
