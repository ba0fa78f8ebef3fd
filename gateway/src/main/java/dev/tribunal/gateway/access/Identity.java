package dev.tribunal.gateway.access;

import dev.tribunal.contracts.access.v1.Role;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.input.Words;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whom a token is of.
 *
 * @param namespaces the first is the one that it creates in; {@code *} alone for all
 * @param requestsPerSecond absent where the gateway's own limit holds
 * @param expiresAt absent if the token has no end
 * @param hash of a named token's secret; absent of the others
 */
record Identity(
        String name,
        Set<Role> roles,
        List<String> namespaces,
        @Nullable Integer requestsPerSecond,
        @Nullable Instant expiresAt,
        @Nullable String hash) {

    /** The admin that there is from the start. */
    static final String BOOTSTRAP = "bootstrap";

    Identity {
        roles = roles.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(roles));
        namespaces = List.copyOf(namespaces);
    }

    static Identity bootstrap() {
        return new Identity(BOOTSTRAP, Set.of(Role.ADMIN), List.of(Caller.ALL), null, null, null);
    }

    boolean ofAllNamespaces() {
        return namespaces.contains(Caller.ALL);
    }

    /** Whether it may act in all of the namespaces. */
    boolean covers(Collection<String> others) {
        return ofAllNamespaces() || namespaces.containsAll(others);
    }

    boolean hasOneOf(Collection<Role> allowed) {
        return roles.stream().anyMatch(allowed::contains);
    }

    /** For the services. */
    Caller caller() {
        return ofAllNamespaces()
                ? new Caller(name, null, Caller.DEFAULT_NAMESPACE)
                : new Caller(name, Set.copyOf(namespaces), namespaces.getFirst());
    }

    /** In one of its namespaces alone. */
    Caller callerIn(String namespace) {
        return new Caller(name, Set.of(namespace), namespace);
    }

    boolean expired() {
        return expiresAt != null && !Instant.now().isBefore(expiresAt);
    }

    /** For people: {@code operator or admin}. */
    static String words(Collection<Role> roles, String and) {
        return roles.isEmpty()
                ? "none"
                : roles.stream().sorted().map(Words::of).collect(Collectors.joining(" " + and + " "));
    }
}
