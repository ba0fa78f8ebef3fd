package dev.tribunal.contracts.access.v1;

/**
 * An access token with its secret, which is told this once.
 *
 * @param secret what is sent as {@code Authorization: Bearer SECRET}
 */
public record IssuedToken(AccessTokenResource token, String secret) {}
