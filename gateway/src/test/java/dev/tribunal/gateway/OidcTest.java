package dev.tribunal.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Tokens of an issuer that serves its configuration and its keys over HTTP, and signs with a key made here. */
@TestPropertySource(
        properties = {
            "tribunal.access.oidc.audience=tribunal",
            "tribunal.access.oidc.roles-claim=realm_access.roles",
            "tribunal.access.oidc.role-prefix=tribunal-",
            "tribunal.access.oidc.namespaces-claim=teams",
            "tribunal.access.requests-per-second=1000"
        })
class OidcTest extends RunningGateway {

    private static final RSAKey KEY = key("first");
    private static final RSAKey OTHER = key("first"); // the same name, and another key
    private static final StubService ISSUER = issuer();

    @DynamicPropertySource
    static void oidc(DynamicPropertyRegistry registry) {
        registry.add("tribunal.access.oidc.issuer", ISSUER::url);
    }

    @Test
    void aTokenOfTheIssuerIsItsSubjectWithItsRolesAndTeams() throws Exception {
        String token = signed(claims().build(), KEY);

        JsonNode caller = JSON.readTree(get(token, "/v1/caller").body());

        assertThat(caller.path("name").asString()).isEqualTo("oidc:mira");
        assertThat(caller.path("roles").toString()).isEqualTo("[\"operator\"]");
        assertThat(caller.path("namespaces").toString()).isEqualTo("[\"team-a\",\"team-b\"]");
        assertThat(caller.path("expiresAt").isString()).isTrue();
        get(token, "/v1/runs");
        assertThat(TRAINER.last().headers().get("X-Tribunal-Caller")).containsExactly("oidc:mira");
        assertThat(TRAINER.last().headers().get("X-Tribunal-Namespaces")).containsExactly("team-a,team-b");
        assertThat(TRAINER.last().headers().get("Authorization")).containsExactly("Bearer " + SERVICE_TOKEN);
        assertProblem(
                send(request(token, "/v1/judges")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{}"))),
                403,
                "forbidden");
    }

    @Test
    void whatTheIssuerDidNotSignForThisPlatformIsRefused() throws Exception {
        JWTClaimsSet good = claims().build();
        Date past = Date.from(Instant.now().minus(Duration.ofMinutes(5)));
        Map<String, String> wrong = Map.ofEntries(
                Map.entry("another audience", signed(claims().audience("mail").build(), KEY)),
                Map.entry("no audience", signed(claims().audience((String) null).build(), KEY)),
                Map.entry("over", signed(claims().expirationTime(past).build(), KEY)),
                Map.entry("never over", signed(claims().expirationTime(null).build(), KEY)),
                Map.entry(
                        "not yet",
                        signed(
                                claims().notBeforeTime(Date.from(Instant.now().plus(Duration.ofMinutes(5))))
                                        .build(),
                                KEY)),
                Map.entry(
                        "another issuer",
                        signed(claims().issuer("http://127.0.0.1:1").build(), KEY)),
                Map.entry("another key", signed(good, OTHER)),
                Map.entry("a key that the issuer does not have", signed(good, key("second"))),
                Map.entry("no signature", new PlainJWT(good).serialize()),
                Map.entry("no algorithm", unsigned(signed(good, KEY))),
                Map.entry("the public key as a secret", withPublicKeyAsSecret(good)),
                Map.entry("another content", signed(good, KEY).replaceAll("\\.[^.]+\\.", "." + payload() + ".")),
                Map.entry("nobody", signed(claims().subject("").build(), KEY)),
                Map.entry(
                        "a name that is two headers",
                        signed(claims().subject("a\r\nX-Tribunal-Namespaces: *").build(), KEY)),
                Map.entry("no team", signed(claims().claim("teams", List.of()).build(), KEY)),
                Map.entry("not a JWT", "a.b.c"),
                Map.entry("nothing", ".."));

        assertThat(get(signed(good, KEY), "/v1/runs").statusCode()).isEqualTo(200);
        int before = TRAINER.count();
        wrong.forEach((why, token) -> {
            try {
                HttpResponse<String> answer = get(token, "/v1/runs");
                assertThat(answer.statusCode()).as(why).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate"))
                        .as(why)
                        .isNotEmpty();
            } catch (Exception e) {
                throw new AssertionError(why, e);
            }
        });
        assertThat(TRAINER.count()).isEqualTo(before);
    }

    @Test
    void whoHasNoRoleHereMayNothing() throws Exception {
        String token = signed(
                claims().claim("realm_access", Map.of("roles", List.of("admin", "tribunal-king")))
                        .build(),
                KEY);

        HttpResponse<String> answer = get(token, "/v1/runs");

        assertProblem(answer, 403, "forbidden");
        assertThat(answer.body()).contains("has the role none");
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER.url())
                .audience(List.of("other", "tribunal"))
                .subject("mira")
                .issueTime(new Date())
                .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(5))))
                .claim("realm_access", Map.of("roles", List.of("tribunal-operator", "viewer")))
                .claim("teams", "team-a team-b");
    }

    private static String signed(JWTClaimsSet claims, RSAKey key) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    /** A good token whose header says that it has no signature, and keeps it. */
    private static String unsigned(String token) {
        String header = java.util.Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        "{\"alg\":\"none\",\"kid\":\"first\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return header + token.substring(token.indexOf('.'));
    }

    private static String payload() throws Exception {
        return signed(claims().subject("root").build(), OTHER).split("\\.")[1];
    }

    private static String withPublicKeyAsSecret(JWTClaimsSet claims) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(), claims);
        RSAPublicKey known = KEY.toRSAPublicKey();
        token.sign(new MACSigner(known.getEncoded()));
        return token.serialize();
    }

    private static RSAKey key(String name) {
        try {
            return new RSAKeyGenerator(2048).keyID(name).generate();
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static StubService issuer() {
        StubService issuer = new StubService("issuer");
        issuer.on(
                "/.well-known/openid-configuration",
                exchange -> StubService.answer(
                        exchange,
                        200,
                        "{\"issuer\": \"%s\", \"jwks_uri\": \"%s/keys\"}".formatted(issuer.url(), issuer.url())));
        issuer.on("/keys", exchange -> StubService.answer(exchange, 200, new JWKSet(KEY.toPublicJWK()).toString()));
        return issuer;
    }

    private java.net.http.HttpRequest.Builder request(String token, String path) {
        return java.net.http.HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> get(String token, String path) throws Exception {
        return send(request(token, path));
    }
}
