package dev.tribunal.gateway.access;

import dev.tribunal.contracts.access.v1.Role;
import dev.tribunal.gateway.access.Rules.Rule;
import dev.tribunal.servicekit.error.ProblemWriter;
import dev.tribunal.servicekit.error.RequestId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.DataAccessException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Writes down who asks for which change before it is made, and what was answered afterwards. */
final class AuditFilter extends OncePerRequestFilter {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final int MAX_PATH = 2000;
    private static final int MAX_METHOD = 20;

    private final AuditLog log;
    private final ProblemWriter problems;

    AuditFilter(AuditLog log, ProblemWriter problems) {
        this.log = log;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Rule> rule = Rules.of(request.getMethod(), request.getRequestURI());
        if (!changes(request, rule)) {
            chain.doFilter(request, response);
            return;
        }
        long entry;
        try {
            entry = begin(request, rule, CallerAuthentication.current());
        } catch (DataAccessException database) {
            AuthenticationFilter.writeDatabaseAway(request, response, problems, database);
            return;
        }
        boolean answered = false;
        try {
            chain.doFilter(request, response);
            answered = true;
        } finally {
            log.end(entry, answered || response.isCommitted() ? response.getStatus() : 500);
        }
    }

    private static boolean changes(HttpServletRequest request, Optional<Rule> rule) {
        return !SAFE.contains(request.getMethod())
                && (rule.isEmpty() || rule.get().changes());
    }

    /**
     * What does not come as far as here, since its caller may not work in the namespace that it names.
     *
     * @throws DataAccessException if it cannot be written down
     */
    void refused(HttpServletRequest request, CallerAuthentication caller, int status) {
        Optional<Rule> rule = Rules.of(request.getMethod(), request.getRequestURI());
        if (changes(request, rule)) {
            log.end(begin(request, rule, caller), status);
        }
    }

    private long begin(HttpServletRequest request, Optional<Rule> rule, CallerAuthentication caller) {
        // A path that leads nowhere can be anything, a secret in the wrong place too.
        boolean known = rule.isPresent() || caller.identity().roles().contains(Role.ADMIN);
        return log.begin(
                caller.getName(),
                caller.caller().namespace(),
                shortened(request.getMethod(), MAX_METHOD),
                rule.map(found -> found.path().getPatternString()).orElse(null),
                known ? shortened(request.getRequestURI(), MAX_PATH) : "",
                RequestId.of(request),
                request.getRemoteAddr());
    }

    private static String shortened(String text, int most) {
        return text.length() > most ? text.substring(0, most) : text;
    }
}
