package dev.tribunal.gateway.access;

import dev.tribunal.contracts.access.v1.AccessTokenRequest;
import dev.tribunal.contracts.access.v1.AccessTokenResource;
import dev.tribunal.contracts.access.v1.IssuedToken;
import dev.tribunal.contracts.access.v1.Role;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Words;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Named access tokens as stored. Of a secret only its hash is: it is 256 random bits, which nobody guesses from a hash
 * however fast that is computed.
 */
@Component
final class AccessTokens {

    /** What a secret begins with, so that it is known for what it is where it should not be. */
    static final String PREFIX = "trib_";

    private static final int SECRET_BYTES = 32;
    private static final String COLUMNS = "select name, array_to_string(roles, ',') as roles,"
            + " array_to_string(namespaces, ',') as namespaces, requests_per_second, created_at, created_by,"
            + " rotated_at, expires_at, revoked_at, last_used_at from gateway.access_tokens ";
    private static final String LIVES = "revoked_at is null and (expires_at is null or expires_at > now())";

    /** An admin of some namespaces sees the tokens that are for no others. */
    private static final String SEEN = "(:all or namespaces <@ string_to_array(:mine, ','))";

    private final JdbcClient client;
    private final SecureRandom random = new SecureRandom();

    AccessTokens(JdbcClient client) {
        this.client = client;
    }

    /** Whom a secret lets in; empty if it does nobody. */
    Optional<Identity> find(String secret) {
        String hash = Sha256.hex(secret);
        Optional<AccessTokenResource> found = client.sql(COLUMNS + "where hash = :hash and " + LIVES)
                .param("hash", hash)
                .query(AccessTokens::read)
                .optional();
        found.filter(AccessTokens::toBeMarked).ifPresent(this::markUsed);
        return found.map(token -> new Identity(
                token.name(),
                EnumSet.copyOf(token.roles()),
                token.namespaces(),
                token.requestsPerSecond(),
                token.expiresAt(),
                hash));
    }

    /** Whether the secret with the hash still lets in. */
    boolean lives(String hash) {
        return client.sql("select count(*) from gateway.access_tokens where hash = :hash and " + LIVES)
                        .param("hash", hash)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    private static boolean toBeMarked(AccessTokenResource token) {
        return token.lastUsedAt() == null
                || token.lastUsedAt().isBefore(Instant.now().minus(1, ChronoUnit.MINUTES));
    }

    private void markUsed(AccessTokenResource token) {
        client.sql("update gateway.access_tokens set last_used_at = :now where name = :name")
                .param("now", Timestamp.from(Instant.now().truncatedTo(ChronoUnit.MINUTES)))
                .param("name", token.name())
                .update();
    }

    /** @throws TribunalException 403 beyond what the admin itself may, 409 if the name is taken */
    IssuedToken create(AccessTokenRequest request, Identity admin) {
        if (!admin.covers(request.namespaces())) {
            throw new TribunalException(
                    CommonError.FORBIDDEN,
                    "Your token is for the namespaces " + String.join(", ", admin.namespaces())
                            + ", and issues tokens for no others.");
        }
        String secret = secret();
        Instant now = now();
        try {
            client.sql("""
                    insert into gateway.access_tokens
                        (name, hash, roles, namespaces, requests_per_second, created_at, created_by, expires_at)
                    values (:name, :hash, string_to_array(:roles, ','), string_to_array(:namespaces, ','), :limit, :now, :by,
                        :expires)""")
                    .param("name", request.name())
                    .param("hash", Sha256.hex(secret))
                    .param(
                            "roles",
                            String.join(
                                    ",",
                                    EnumSet.copyOf(request.roles()).stream()
                                            .map(Words::of)
                                            .toList()))
                    .param("namespaces", String.join(",", request.namespaces()))
                    .param("limit", request.requestsPerSecond())
                    .param("now", Timestamp.from(now))
                    .param("by", admin.name())
                    .param("expires", request.validFor() == null ? null : Timestamp.from(now.plus(request.validFor())))
                    .update();
        } catch (DuplicateKeyException taken) {
            throw new TribunalException(
                    CommonError.CONFLICT,
                    "The name '" + request.name() + "' is or was another access token's; choose another one.");
        }
        return new IssuedToken(get(request.name(), admin), secret);
    }

    /** @param after the name before the page; null for the first */
    List<AccessTokenResource> page(@Nullable String after, int limit, Identity admin) {
        return seenBy(client.sql(COLUMNS + "where name > :after and " + SEEN + " order by name limit :limit"), admin)
                .param("after", after == null ? "" : after)
                .param("limit", limit)
                .query(AccessTokens::read)
                .list();
    }

    /** @throws TribunalException 404 */
    AccessTokenResource get(String name, Identity admin) {
        return seenBy(client.sql(COLUMNS + "where name = :name and " + SEEN), admin)
                .param("name", name)
                .query(AccessTokens::read)
                .optional()
                .orElseThrow(() -> new TribunalException(
                        CommonError.NOT_FOUND,
                        "There is no access token '" + name + "'; GET /v1/tokens lists those there are."));
    }

    /** @throws TribunalException 404, or 409 if it is revoked or its time is over */
    IssuedToken rotate(String name, Identity admin) {
        get(name, admin);
        String secret = secret();
        int changed = client.sql("""
                update gateway.access_tokens set hash = :hash, rotated_at = :now where name = :name""" + " and " + LIVES)
                .param("hash", Sha256.hex(secret))
                .param("now", Timestamp.from(now()))
                .param("name", name)
                .update();
        if (changed == 0) {
            throw new TribunalException(
                    CommonError.CONFLICT,
                    "The access token '" + name + "' is "
                            + (get(name, admin).revokedAt() == null ? "over" : "revoked")
                            + " for good; create another one.");
        }
        return new IssuedToken(get(name, admin), secret);
    }

    /** Revoking it again changes nothing. */
    void revoke(String name, Identity admin) {
        get(name, admin);
        client.sql("update gateway.access_tokens set revoked_at = coalesce(revoked_at, :now) where name = :name")
                .param("now", Timestamp.from(now()))
                .param("name", name)
                .update();
    }

    private static JdbcClient.StatementSpec seenBy(JdbcClient.StatementSpec query, Identity admin) {
        return query.param("all", admin.ofAllNamespaces()).param("mine", String.join(",", admin.namespaces()));
    }

    private String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static AccessTokenResource read(ResultSet row, int index) throws SQLException {
        return new AccessTokenResource(
                row.getString("name"),
                Stream.of(row.getString("roles").split(","))
                        .map(word -> Words.constant(Role.class, word))
                        .toList(),
                List.of(row.getString("namespaces").split(",")),
                row.getObject("requests_per_second", Integer.class),
                row.getTimestamp("created_at").toInstant(),
                row.getString("created_by"),
                instant(row, "rotated_at"),
                instant(row, "expires_at"),
                instant(row, "revoked_at"),
                instant(row, "last_used_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
