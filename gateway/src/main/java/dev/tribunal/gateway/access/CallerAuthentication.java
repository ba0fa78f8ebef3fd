package dev.tribunal.gateway.access;

import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.input.Words;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/** Spring Security's view of a caller. */
final class CallerAuthentication extends AbstractAuthenticationToken {

    private final transient Identity identity;
    private final transient Caller caller;

    /** @param caller the identity in the namespaces that the request is about */
    CallerAuthentication(Identity identity, Caller caller) {
        super(identity.roles().stream()
                .map(role -> new SimpleGrantedAuthority(Words.of(role)))
                .toList());
        this.identity = identity;
        this.caller = caller;
        setAuthenticated(true);
    }

    /** Of the request at hand. */
    static CallerAuthentication current() {
        if (SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication known) {
            return known;
        }
        throw new IllegalStateException("a request without a caller got beyond the door");
    }

    Identity identity() {
        return identity;
    }

    Caller caller() {
        return caller;
    }

    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public Object getPrincipal() {
        return identity;
    }

    @Override
    public String getName() {
        return identity.name();
    }
}
