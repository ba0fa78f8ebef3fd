package dev.tribunal.gateway.access;

import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.BusyException;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.DatabaseFailure;
import dev.tribunal.servicekit.error.ProblemWriter;
import dev.tribunal.servicekit.error.TribunalException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets a request in with a caller who is known, within its limit, and in a namespace that is its own. */
final class AuthenticationFilter extends OncePerRequestFilter {

    /** Names one of the caller's namespaces, to see that one alone and create in it. */
    static final String NAMESPACE_HEADER = "Tribunal-Namespace";

    private static final String REALM = "Bearer realm=\"tribunal\"";
    private static final String HOW = "Send the token as a header: Authorization: Bearer TOKEN. ";
    private static final String WHERE = "./tribunal up prints the token and keeps it in its home, in the file 'token';"
            + " a gateway that was deployed otherwise has it in its setting tribunal.http.token, and admins issue others.";
    private static final String RETRY_AFTER_SECONDS = "5";

    private final SignIn signIn;
    private final RateLimits limits;
    private final AuditFilter audit;
    private final ProblemWriter problems;

    AuthenticationFilter(SignIn signIn, RateLimits limits, AuditFilter audit, ProblemWriter problems) {
        this.signIn = signIn;
        this.limits = limits;
        this.audit = audit;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        List<String> authorizations = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
        Optional<String> token =
                authorizations.size() == 1 ? SignIn.token(authorizations.getFirst()) : Optional.empty();
        if (token.isEmpty()) {
            refuse(request, response, REALM, HOW + WHERE);
            return;
        }
        CallerAuthentication caller;
        try {
            Optional<Identity> identity = signIn.identity(token.get());
            if (identity.isEmpty()) {
                refuse(request, response, REALM + ", error=\"invalid_token\"", "The token is wrong. " + WHERE);
                return;
            }
            caller = admitted(identity.get(), request);
        } catch (TribunalException refused) {
            if (refused instanceof BusyException) {
                response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(RateLimits.PERIOD.toSeconds()));
            }
            problems.write(request, response, refused);
            return;
        } catch (DataAccessException database) {
            writeDatabaseAway(request, response, problems, database);
            return;
        }
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(caller);
        SecurityContextHolder.setContext(context);
        chain.doFilter(request, response);
    }

    private CallerAuthentication admitted(Identity identity, HttpServletRequest request) {
        if (!limits.allow(identity)) {
            throw new BusyException(
                    "Your token ('" + identity.name()
                            + "') has sent more requests in this second than it may; send fewer,"
                            + " or ask an admin for a higher limit.",
                    RateLimits.PERIOD);
        }
        String asked = request.getHeader(NAMESPACE_HEADER);
        if (asked == null) {
            return new CallerAuthentication(identity, identity.caller());
        }
        if (!asked.matches(Caller.PATTERN)) {
            throw new TribunalException(
                    CommonError.MALFORMED_REQUEST,
                    "The header " + NAMESPACE_HEADER + " is not the name of a namespace: small letters, digits and"
                            + " hyphens, at most 63.");
        }
        if (!identity.covers(List.of(asked))) {
            audit.refused(
                    request,
                    new CallerAuthentication(identity, identity.caller()),
                    CommonError.FORBIDDEN.status().value());
            throw new TribunalException(
                    CommonError.FORBIDDEN,
                    "Your token ('" + identity.name() + "') is for the namespaces "
                            + String.join(", ", identity.namespaces()) + ", not for '" + asked + "'.");
        }
        return new CallerAuthentication(identity, identity.callerIn(asked));
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, String challenge, String detail)
            throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, challenge);
        problems.write(request, response, CommonError.UNAUTHENTICATED, detail);
    }

    /** @throws DataAccessException the failure itself, if the database is there */
    static void writeDatabaseAway(
            HttpServletRequest request,
            HttpServletResponse response,
            ProblemWriter problems,
            DataAccessException failure)
            throws IOException {
        if (DatabaseFailure.of(failure) != DatabaseFailure.UNAVAILABLE) {
            throw failure;
        }
        response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        problems.write(
                request,
                response,
                CommonError.DATABASE_UNAVAILABLE,
                "The database of the gateway does not answer. Try again in " + RETRY_AFTER_SECONDS
                        + " s; if it goes on, see that PostgreSQL is up.");
    }
}
