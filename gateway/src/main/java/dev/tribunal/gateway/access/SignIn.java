package dev.tribunal.gateway.access;

import dev.tribunal.servicekit.error.TribunalException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out whom a token is of: the first admin's, a named one's, or an issuer's. */
final class SignIn {

    private static final int SHORTEST = 16;
    private static final String SCHEME = "Bearer ";

    private final byte[] bootstrap;
    private final AccessTokens tokens;
    private final @Nullable OidcTokens oidc;

    /** @param bootstrap the first admin's token */
    SignIn(String bootstrap, AccessTokens tokens, @Nullable OidcTokens oidc) {
        if (bootstrap.length() < SHORTEST) {
            throw new IllegalStateException("tribunal.http.token has " + bootstrap.length()
                    + " characters; set it to a secret of at least " + SHORTEST);
        }
        this.bootstrap = bootstrap.getBytes(StandardCharsets.UTF_8);
        this.tokens = tokens;
        this.oidc = oidc;
    }

    /** The token of a header {@code Authorization}; a scheme's case does not matter (RFC 9110, 11.1). */
    static Optional<String> token(@Nullable String authorization) {
        return authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? Optional.of(authorization.substring(SCHEME.length()).trim())
                : Optional.empty();
    }

    /**
     * Empty if the token lets nobody in.
     *
     * @throws TribunalException 503 or 504 if that cannot be found out now
     */
    Optional<Identity> identity(String token) {
        if (MessageDigest.isEqual(bootstrap, token.getBytes(StandardCharsets.UTF_8))) {
            return Optional.of(Identity.bootstrap());
        }
        if (token.startsWith(AccessTokens.PREFIX)) {
            return tokens.find(token);
        }
        return oidc == null ? Optional.empty() : oidc.identity(token);
    }

    /** Whether who was let in still would be, for what takes long. */
    boolean stillLetsIn(Identity identity) {
        return !identity.expired() && (identity.hash() == null || tokens.lives(identity.hash()));
    }
}
