package dev.tribunal.reward.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.servicekit.outbound.NamedSecrets;
import dev.tribunal.servicekit.outbound.OutboundProperties;
import dev.tribunal.servicekit.testing.SettingsContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;

class RemotePropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(RemoteProperties.class)
                .hasDefaults(new RemoteProperties(
                        new OutboundProperties(List.of("localhost", "127.0.0.1", "[::1]"), null, null),
                        DataSize.ofMegabytes(8)))
                .isWritten(
                        Map.of(
                                "tribunal.reward.remote.allowed-hosts", "rewards.example, *.svc",
                                "tribunal.reward.remote.secrets.key", "a secret",
                                "tribunal.reward.remote.secret-hosts.key", "rewards.example",
                                "tribunal.reward.remote.max-answer", "1KB"),
                        new RemoteProperties(
                                new OutboundProperties(
                                        List.of("rewards.example", "*.svc"),
                                        Map.of("key", "a secret"),
                                        Map.of("key", List.of("rewards.example"))),
                                DataSize.ofKilobytes(1)));
    }

    @Test
    void aSecretGoesToItsHostsOnly() {
        NamedSecrets secrets = bound(Map.of(
                "TRIBUNAL_REWARD_REMOTE_SECRETS_THEIRKEY", "open-sesame",
                "TRIBUNAL_REWARD_REMOTE_SECRETHOSTS_THEIRKEY", "a.example,*.b.example"));

        assertThat(secrets.valueFor("https://a.example/score", "their-key")).isEqualTo("open-sesame");
        assertThat(secrets.valueFor("https://b.example/score", "their-key")).isNull();
        assertThat(secrets.objection("their-key", "https://a.example/score")).isNull();
        assertThat(secrets.objection("their-key", "https://x.b.example")).isNull();
        assertThat(secrets.objection("their-key", "https://b.example"))
                .contains("[a.example, *.b.example] only")
                .contains("tribunal.reward.remote.secret-hosts.their-key");
        assertThat(secrets.objection("other-key", "https://a.example"))
                .contains("set tribunal.reward.remote.secrets.other-key");
    }

    @Test
    void aSecretWithoutHostsGoesToAll() {
        NamedSecrets secrets = bound(Map.of("TRIBUNAL_REWARD_REMOTE_SECRETS_THEIRKEY", "open-sesame"));

        assertThat(secrets.objection("their-key", "https://b.example")).isNull();
        assertThat(secrets.toString()).doesNotContain("open-sesame");
    }

    private static NamedSecrets bound(Map<String, Object> environment) {
        StandardEnvironment all = new StandardEnvironment();
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        all.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, environment));
        return new Binder(ConfigurationPropertySources.get(all))
                .bindOrCreate("tribunal.reward.remote", RemoteProperties.class)
                .servers()
                .secrets();
    }
}
