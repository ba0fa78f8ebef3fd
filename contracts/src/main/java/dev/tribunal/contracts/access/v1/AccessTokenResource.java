package dev.tribunal.contracts.access.v1;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An access token as it is known; its secret is stored nowhere.
 *
 * @param namespaces {@code *} alone for all
 * @param requestsPerSecond absent where the platform's own limit holds
 * @param createdBy name of the caller
 * @param rotatedAt when it got its secret, if that is not its first
 * @param expiresAt absent if it lets in until it is revoked
 * @param revokedAt absent if it is not
 * @param lastUsedAt to the minute; absent if it never was
 */
public record AccessTokenResource(
        String name,
        List<Role> roles,
        List<String> namespaces,
        @Nullable Integer requestsPerSecond,
        Instant createdAt,
        String createdBy,
        @Nullable Instant rotatedAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt) {}
