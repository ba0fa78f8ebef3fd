package dev.tribunal.gateway.access;

import dev.tribunal.contracts.access.v1.Role;
import dev.tribunal.gateway.access.Rules.Rule;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;

/** Holds requests to {@link Rules}. */
final class Authorization implements AuthorizationManager<RequestAuthorizationContext>, AccessDeniedHandler {

    private final ProblemWriter problems;

    Authorization(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    public AuthorizationDecision authorize(
            Supplier<? extends @Nullable Authentication> authentication, RequestAuthorizationContext context) {
        HttpServletRequest request = context.getRequest();
        return new AuthorizationDecision(authentication.get() instanceof CallerAuthentication caller
                && may(caller.identity(), Rules.of(request.getMethod(), request.getRequestURI())));
    }

    private static boolean may(Identity identity, Optional<Rule> rule) {
        return rule.map(found -> identity.hasOneOf(found.roles()))
                .orElseGet(() -> identity.roles().contains(Role.ADMIN));
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        Optional<Rule> rule = Rules.of(request.getMethod(), request.getRequestURI());
        if (rule.isEmpty()) {
            problems.write(
                    request,
                    response,
                    CommonError.NOT_FOUND,
                    "There is nothing at this path that takes " + request.getMethod() + ".");
            return;
        }
        Identity identity = CallerAuthentication.current().identity();
        problems.write(
                request,
                response,
                CommonError.FORBIDDEN,
                "Your token ('" + identity.name() + "') has the role " + Identity.words(identity.roles(), "and") + "; "
                        + rule.get().method() + " " + rule.get().path().getPatternString() + " needs "
                        + Identity.words(rule.get().roles(), "or") + ". Ask an admin for a token that has it.");
    }
}
