package dev.tribunal.trainer.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.spec.Webhook;
import dev.tribunal.servicekit.outbound.OutboundProperties;
import dev.tribunal.servicekit.testing.SettingsContract;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookTargetsTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(WebhookProperties.class)
                .hasDefaults(new WebhookProperties(
                        new OutboundProperties(List.of("localhost", "127.0.0.1", "[::1]"), null, null)))
                .isWritten(
                        Map.of(
                                "tribunal.trainer.webhook.allowed-hosts", "hooks.example, *.svc",
                                "tribunal.trainer.webhook.secrets.hooks", "0123456789",
                                "tribunal.trainer.webhook.secret-hosts.hooks", "hooks.example"),
                        new WebhookProperties(new OutboundProperties(
                                List.of("hooks.example", "*.svc"),
                                Map.of("hooks", "0123456789"),
                                Map.of("hooks", List.of("hooks.example")))));
    }

    /** The example of the Standard Webhooks specification's libraries. */
    @Test
    void signsAsOthersDo() {
        assertThat(WebhookTargets.signature(
                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        1614265330L,
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void onlyAllowedHostsAndKnownSecrets() throws Exception {
        WebhookTargets targets = new WebhookTargets(new WebhookProperties(
                new OutboundProperties(List.of("hooks.example"), Map.of("hooks", "0123456789"), null)));

        assertThat(targets.mistakes(new Webhook("https://hooks.example/told", "hooks")))
                .isEmpty();
        assertThat(targets.mistakes(new Webhook("http://169.254.169.254/", "books")))
                .extracting(FieldError::pointer)
                .containsExactly("/url", "/secretRef");
        targets.destroy();
    }
}
