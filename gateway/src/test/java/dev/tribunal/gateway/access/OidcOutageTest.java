package dev.tribunal.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tribunal.gateway.access.AccessProperties.Oidc;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An issuer that fails now and then, over HTTP. */
class OidcOutageTest {

    private static final RSAKey KEY = key("first");
    private static final RSAKey UNKNOWN = key("second");

    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean configured = true;
    private volatile boolean keys = true;
    private HttpServer issuer;
    private OidcTokens tokens;

    @BeforeEach
    void start() throws IOException {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext(
                "/.well-known/openid-configuration",
                exchange -> answer(
                        exchange,
                        configured,
                        "{\"issuer\": \"%s\", \"jwks_uri\": \"%s/keys\"}".formatted(url(), url())));
        issuer.createContext("/keys", exchange -> answer(exchange, keys, new JWKSet(KEY.toPublicJWK()).toString()));
        issuer.start();
        tokens = new OidcTokens(new Oidc(url(), "tribunal", null, "sub", "roles", "", null, List.of("default")));
    }

    @AfterEach
    void stop() {
        issuer.stop(0);
    }

    @Test
    void whileTheIssuerIsAwayItsTokensAreNotWrongAndItIsLeftAlone() throws Exception {
        configured = false;
        String token = signed(KEY);

        for (int i = 0; i < 20; i++) {
            assertThat(refusal(token).code()).isEqualTo(CommonError.UPSTREAM_UNREACHABLE);
        }
        assertThat(asked).hasValue(1);

        configured = true;
        Optional<Identity> identity = await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(TribunalException.class) // it is still left alone
                .until(() -> tokens.identity(token), Optional::isPresent);
        assertThat(identity.orElseThrow().name()).isEqualTo("oidc:mira");
    }

    @Test
    void keysThatWereNeverFetchedMakeNoTokenWrong() throws Exception {
        keys = false;
        String token = signed(KEY);

        for (int i = 0; i < 5; i++) { // more often than keys may be fetched
            assertThat(refusal(token).code()).isEqualTo(CommonError.UPSTREAM_UNREACHABLE);
        }
    }

    @Test
    void knownKeysHoldWhileTheIssuerIsAway() throws Exception {
        assertThat(tokens.identity(signed(KEY))).isPresent();
        keys = false;
        int before = asked.get();

        assertThat(tokens.identity(signed(UNKNOWN))).isEmpty(); // looked for, and the known ones hold on
        assertThat(asked.get()).isGreaterThan(before);
        assertThat(tokens.identity(signed(KEY))).isPresent();
    }

    private TribunalException refusal(String token) {
        TribunalException refused = catchThrowableOfType(TribunalException.class, () -> tokens.identity(token));
        assertThat(refused).isNotNull();
        return refused;
    }

    private String url() {
        return "http://127.0.0.1:" + issuer.getAddress().getPort();
    }

    private void answer(HttpExchange exchange, boolean up, String json) throws IOException {
        asked.incrementAndGet();
        byte[] body = (up ? json : "{}").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(up ? 200 : 503, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String signed(RSAKey key) throws JOSEException {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
                new JWTClaimsSet.Builder()
                        .issuer(url())
                        .audience("tribunal")
                        .subject("mira")
                        .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(5))))
                        .claim("roles", "viewer")
                        .build());
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    private static RSAKey key(String name) {
        try {
            return new RSAKeyGenerator(2048).keyID(name).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
