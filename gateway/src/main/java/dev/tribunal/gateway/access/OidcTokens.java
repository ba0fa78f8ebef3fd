package dev.tribunal.gateway.access;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import dev.tribunal.contracts.access.v1.Role;
import dev.tribunal.gateway.access.AccessProperties.Oidc;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Words;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tokens of an OpenID Connect issuer: JWTs (RFC 7519) that one of its keys has signed, for this platform's audience, not
 * over. The keys are fetched when they are first needed, and again when a token names another one, at most every 30 s; while
 * the issuer is away, those that are known hold on.
 */
final class OidcTokens {

    private static final Logger log = LoggerFactory.getLogger(OidcTokens.class);

    private static final int TIMEOUT_MS = 3_000;

    /** Longer than to fetch anything takes: who waits for another's fetching gets what that gets. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(7);

    /** How long keys are taken to be the issuer's. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    /** How long they are beyond that, if the issuer is away. */
    private static final Duration OUTAGE = Duration.ofHours(24);

    private static final int MAX_DOCUMENT = 1 << 20;
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);
    private static final int MAX_NAME = 250;
    private static final int MAX_NAMESPACES = 100;

    /** Signatures by private keys alone: with a secret or none, whoever knows the public key could sign. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final Oidc settings;
    private final String issuer;
    private final Documents documents =
            new Documents(new DefaultResourceRetriever(TIMEOUT_MS, TIMEOUT_MS, MAX_DOCUMENT));
    private final ReentrantLock configuring = new ReentrantLock();
    private volatile @Nullable JwtDecoder decoder;

    OidcTokens(Oidc settings) {
        this.settings = settings;
        this.issuer = Objects.requireNonNull(settings.issuer(), "without an issuer there are no such tokens");
    }

    /**
     * Empty if the token is not one of the issuer's for this platform.
     *
     * @throws TribunalException 502 if its keys cannot be fetched
     */
    Optional<Identity> identity(String token) {
        if (token.chars().filter(character -> character == '.').count() != 2) {
            return Optional.empty();
        }
        try {
            return identity(decoder().decode(token));
        } catch (BadJwtException refused) {
            log.info("a token of the issuer is refused: {}", refused.getMessage());
            return Optional.empty();
        } catch (JwtException unknown) {
            if (causedBy(unknown, RateLimitReachedException.class) && !documents.away()) {
                log.info("a token is refused: its key is not known, and keys were fetched just now");
                return Optional.empty();
            }
            log.warn("the keys of {} cannot be fetched: {}", issuer, unknown.getMessage());
            throw unreachable();
        }
    }

    private TribunalException unreachable() {
        return new TribunalException(
                CommonError.UPSTREAM_UNREACHABLE,
                "The token cannot be checked: the keys of its issuer " + issuer
                        + " cannot be fetched. Try again; if it goes on, see the gateway's log.");
    }

    /**
     * The issuer says where its keys are when that is first needed.
     *
     * @throws TribunalException 502 if it does not
     */
    private JwtDecoder decoder() {
        JwtDecoder known = decoder;
        if (known != null) {
            return known;
        }
        boolean mine = false;
        try {
            mine = configuring.tryLock(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
            if (!mine) {
                throw unreachable();
            }
            known = decoder;
            if (known == null) {
                known = decoderOf(keysUrl());
                decoder = known;
            }
            return known;
        } catch (IllegalStateException away) {
            log.warn("the configuration of {} cannot be read: {}", issuer, String.valueOf(away.getCause()));
            throw unreachable();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable();
        } finally {
            if (mine) {
                configuring.unlock();
            }
        }
    }

    private Optional<Identity> identity(Jwt token) {
        Object name = claim(token, settings.nameClaim());
        if (!(name instanceof String text) || text.isBlank() || text.length() > MAX_NAME || !isPlain(text)) {
            log.info("a token is refused: its claim {} names nobody", settings.nameClaim());
            return Optional.empty();
        }
        List<String> namespaces = settings.namespacesClaim() == null
                ? settings.namespaces()
                : words(claim(token, settings.namespacesClaim())).stream()
                        .filter(word -> word.equals(Caller.ALL) || word.matches(Caller.PATTERN))
                        .limit(MAX_NAMESPACES)
                        .toList();
        if (namespaces.isEmpty()) {
            log.info("the token of {} is refused: it names no namespace", text);
            return Optional.empty();
        }
        EnumSet<Role> roles = EnumSet.noneOf(Role.class);
        words(claim(token, settings.rolesClaim())).forEach(word -> role(word).ifPresent(roles::add));
        return Optional.of(new Identity("oidc:" + text, roles, namespaces, null, token.getExpiresAt(), null));
    }

    /** The name becomes a header. */
    private static boolean isPlain(String text) {
        return text.chars().allMatch(character -> character >= ' ' && character < 127);
    }

    private Optional<Role> role(String word) {
        if (!word.startsWith(settings.rolePrefix())) {
            return Optional.empty();
        }
        String name = word.substring(settings.rolePrefix().length());
        return Stream.of(Role.values())
                .filter(role -> Words.of(role).equals(name))
                .findFirst();
    }

    /** @param path a claim's name, or where it is in objects: {@code realm_access.roles} */
    private static @Nullable Object claim(Jwt token, String path) {
        Map<String, Object> claims = token.getClaims();
        if (claims.containsKey(path)) {
            return claims.get(path);
        }
        Object at = claims;
        for (String part : path.split("\\.")) {
            at = at instanceof Map<?, ?> object ? object.get(part) : null;
        }
        return at;
    }

    private static List<String> words(@Nullable Object claim) {
        return switch (claim) {
            case String text -> List.of(text.trim().split("\\s+"));
            case Collection<?> list -> list.stream().map(String::valueOf).toList();
            case null, default -> List.of();
        };
    }

    private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private JwtDecoder decoderOf(URL at) {
        JWKSource<SecurityContext> keys = JWKSourceBuilder.create(at, documents)
                .cache(FRESH.toMillis(), LONGEST_WAIT.toMillis())
                .outageTolerant(OUTAGE.toMillis())
                .build();
        NimbusJwtDecoder nimbus = NimbusJwtDecoder.withJwkSource(keys)
                .jwtProcessorCustomizer(processor -> processor.setJWSKeySelector(
                        new com.nimbusds.jose.proc.JWSVerificationKeySelector<>(ALGORITHMS, keys)))
                .build();
        nimbus.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                new JwtTimestampValidator(CLOCK_SKEW),
                new JwtClaimValidator<Object>(JwtClaimNames.EXP, Objects::nonNull),
                new JwtIssuerValidator(issuer),
                new JwtClaimValidator<Collection<String>>(
                        JwtClaimNames.AUD, audience -> audience != null && audience.contains(settings.audience()))));
        return nimbus;
    }

    private URL keysUrl() {
        try {
            if (settings.jwksUri() != null) {
                return URI.create(settings.jwksUri()).toURL();
            }
            String document = issuer.replaceAll("/$", "") + "/.well-known/openid-configuration";
            JsonNode found = JsonMapper.shared()
                    .readTree(documents
                            .retrieveResource(URI.create(document).toURL())
                            .getContent());
            if (!found.path("issuer").asString("").equals(issuer)) {
                throw new IllegalStateException(document + " is of the issuer "
                        + found.path("issuer").asString("") + "; set tribunal.access.oidc.issuer to the same");
            }
            return URI.create(found.path("jwks_uri").asString("")).toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("the address of the issuer's keys is not one", e);
        } catch (IOException | JacksonException e) {
            throw new IllegalStateException("the issuer's configuration cannot be read", e);
        }
    }

    /** What the issuer serves; after a failure it is left alone for a moment, so that requests do not queue up for it. */
    private static final class Documents implements ResourceRetriever {

        private static final long PAUSE = Duration.ofSeconds(5).toNanos();

        private final ResourceRetriever over;

        /** When it failed last, in nanoseconds; absent if it has answered since. */
        private volatile @Nullable Long failedAt;

        private Documents(ResourceRetriever over) {
            this.over = over;
        }

        boolean away() {
            return failedAt != null;
        }

        @Override
        public Resource retrieveResource(URL url) throws IOException {
            Long failed = failedAt;
            if (failed != null && System.nanoTime() - failed < PAUSE) {
                throw new IOException("the issuer did not answer a moment ago");
            }
            try {
                Resource resource = over.retrieveResource(url);
                failedAt = null;
                return resource;
            } catch (IOException e) {
                failedAt = System.nanoTime();
                throw e;
            }
        }
    }
}
