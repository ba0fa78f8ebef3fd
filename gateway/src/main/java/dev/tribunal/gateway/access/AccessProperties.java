package dev.tribunal.gateway.access;

import dev.tribunal.servicekit.caller.Caller;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code tribunal.access.*}
 *
 * @param requestsPerSecond of each caller whose token says nothing else; more are answered 429
 * @param auditKept how long entries of the audit log are kept
 * @param oidc an issuer whose tokens are taken, beside the platform's own
 */
@ConfigurationProperties("tribunal.access")
record AccessProperties(
        @DefaultValue("200") int requestsPerSecond,
        @DefaultValue("365d") Duration auditKept,
        @DefaultValue Oidc oidc) {

    AccessProperties {
        if (requestsPerSecond < 1) {
            throw new IllegalArgumentException(
                    "tribunal.access.requests-per-second is " + requestsPerSecond + "; it must be at least 1");
        }
    }

    /**
     * {@code tribunal.access.oidc.*}
     *
     * @param issuer as its tokens name it in {@code iss}; without one no issuer's tokens are taken
     * @param audience that its tokens have to name in {@code aud}
     * @param jwksUri where its keys are; else its {@code /.well-known/openid-configuration} says it
     * @param nameClaim the claim that names the caller
     * @param rolesClaim the claim with the roles, a list or a text with blanks between them; with dots into objects
     * @param rolePrefix what stands before a role in the claim, such as {@code tribunal-}; entries without it are left out
     * @param namespacesClaim the claim with the namespaces, likewise; without one all callers get {@code namespaces}
     * @param namespaces of every caller, if there is no claim for them
     */
    record Oidc(
            @Nullable String issuer,
            @Nullable String audience,
            @Nullable String jwksUri,
            @DefaultValue("sub") String nameClaim,
            @DefaultValue("roles") String rolesClaim,
            @DefaultValue("") String rolePrefix,
            @Nullable String namespacesClaim,
            @DefaultValue("default") List<String> namespaces) {

        Oidc {
            issuer = blankToNull(issuer);
            audience = blankToNull(audience);
            jwksUri = blankToNull(jwksUri);
            namespacesClaim = blankToNull(namespacesClaim);
            namespaces = List.copyOf(namespaces);
            if (issuer != null && audience == null) {
                throw new IllegalArgumentException(
                        "tribunal.access.oidc.audience is not set: without it every token of " + issuer
                                + " would be let in, whomever it is for");
            }
            if (issuer != null) {
                requireAddress("issuer", issuer);
            }
            if (jwksUri != null) {
                requireAddress("jwks-uri", jwksUri);
            }
            for (String namespace : namespaces) {
                if (!namespace.equals(Caller.ALL) && !namespace.matches(Caller.PATTERN)) {
                    throw new IllegalArgumentException(
                            "tribunal.access.oidc.namespaces has '" + namespace
                                    + "', which is not a namespace: small letters, digits and hyphens, at most 63, or * for all");
                }
            }
            if (issuer != null && namespacesClaim == null && namespaces.isEmpty()) {
                throw new IllegalArgumentException(
                        "tribunal.access.oidc.namespaces is empty, and no namespaces-claim is set:" + " nobody whom "
                                + issuer + " names would be let in");
            }
            if (nameClaim.isBlank() || rolesClaim.isBlank()) {
                throw new IllegalArgumentException(
                        "tribunal.access.oidc.name-claim and roles-claim must each name a claim");
            }
        }

        private static void requireAddress(String name, String written) {
            URI address;
            try {
                address = URI.create(written);
            } catch (IllegalArgumentException e) {
                throw notAnAddress(name, written);
            }
            if (!("https".equals(address.getScheme()) || "http".equals(address.getScheme()))
                    || address.getHost() == null) {
                throw notAnAddress(name, written);
            }
        }

        private static IllegalArgumentException notAnAddress(String name, String written) {
            return new IllegalArgumentException("tribunal.access.oidc." + name + " is '" + written
                    + "'; it must be an address that begins with https:// or http://");
        }

        private static @Nullable String blankToNull(@Nullable String text) {
            return text == null || text.isBlank() ? null : text;
        }
    }
}
