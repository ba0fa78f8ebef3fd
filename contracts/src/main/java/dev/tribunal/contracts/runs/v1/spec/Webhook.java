package dev.tribunal.contracts.runs.v1.spec;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Where a run tells its alarms, and that it paused or ended: each is a POST in the form of Standard Webhooks
 * (www.standardwebhooks.com), tried again for about an hour, and never waited for.
 *
 * @param url of a host of {@code tribunal.trainer.webhook.allowed-hosts}
 * @param secretRef name of one of {@code tribunal.trainer.webhook.secrets}, with which each POST is signed; default none:
 *     they are not signed
 */
public record Webhook(
        @NotBlank @Size(max = 2000) String url,
        @Nullable @Size(max = 200) String secretRef) {}
