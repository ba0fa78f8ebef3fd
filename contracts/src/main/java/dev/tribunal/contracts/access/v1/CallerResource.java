package dev.tribunal.contracts.access.v1;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request.
 *
 * @param name of the access token; of a token of an issuer {@code oidc:} and what it says its subject is
 * @param roles what it may do
 * @param namespaces {@code *} alone for all
 * @param namespace that what it creates goes into, if the request names none
 * @param expiresAt absent if it lets in until it is revoked
 */
public record CallerResource(
        String name,
        List<Role> roles,
        List<String> namespaces,
        String namespace,
        @Nullable Instant expiresAt) {}
