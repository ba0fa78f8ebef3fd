package dev.tribunal.gateway.access;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.gateway.access.AccessProperties.Oidc;
import dev.tribunal.servicekit.testing.SettingsContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessPropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(AccessProperties.class)
                .hasDefaults(new AccessProperties(
                        200,
                        Duration.ofDays(365),
                        new Oidc(null, null, null, "sub", "roles", "", null, List.of("default"))))
                .isWritten(
                        Map.of(
                                "tribunal.access.requests-per-second", "7",
                                "tribunal.access.audit-kept", "30d",
                                "tribunal.access.oidc.issuer", "https://login.example.org",
                                "tribunal.access.oidc.audience", "tribunal",
                                "tribunal.access.oidc.jwks-uri", "https://login.example.org/keys",
                                "tribunal.access.oidc.name-claim", "email",
                                "tribunal.access.oidc.roles-claim", "realm_access.roles",
                                "tribunal.access.oidc.role-prefix", "tribunal-",
                                "tribunal.access.oidc.namespaces-claim", "teams",
                                "tribunal.access.oidc.namespaces", "team-a,team-b"),
                        new AccessProperties(
                                7,
                                Duration.ofDays(30),
                                new Oidc(
                                        "https://login.example.org",
                                        "tribunal",
                                        "https://login.example.org/keys",
                                        "email",
                                        "realm_access.roles",
                                        "tribunal-",
                                        "teams",
                                        List.of("team-a", "team-b"))));
    }

    @ParameterizedTest
    @CsvSource({
        "login.example.org,         https://login.example.org/keys, team-a, issuer",
        "https://login.example.org, login.example.org/keys,         team-a, jwks-uri",
        "https://login.example.org, ,                               Team A, namespaces",
        "https://login.example.org, ,                               '',     namespaces"
    })
    void whatCannotBeRightIsRefusedAtTheStart(String issuer, String jwksUri, String namespace, String named) {
        List<String> namespaces = namespace.isEmpty() ? List.of() : List.of(namespace);
        assertThatThrownBy(() -> new Oidc(issuer, "tribunal", jwksUri, "sub", "roles", "", null, namespaces))
                .hasMessageContaining("tribunal.access.oidc." + named);
    }

    @Test
    void anIssuerWithoutAnAudienceIsRefused() {
        assertThatThrownBy(() -> new Oidc("https://login.example.org", "", null, "sub", "roles", "", null, List.of()))
                .hasMessageContaining("tribunal.access.oidc.audience");
    }
}
