package dev.tribunal.trainer.webhook;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.spec.Webhook;
import dev.tribunal.servicekit.outbound.AllowedServers;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.GuardedHttp.Answer;
import dev.tribunal.trainer.spec.WebhookCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * The addresses that may be told something, and how: as Standard Webhooks are (www.standardwebhooks.com), with their
 * signature where a secret is named.
 */
@Component
@EnableConfigurationProperties(WebhookProperties.class)
class WebhookTargets implements WebhookCheck, DisposableBean {

    private static final int MOST_ANSWER = 1 << 16;
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** How secrets begin that are written in base64, as the standard has it. */
    private static final String BASE64 = "whsec_";

    private final AllowedServers servers;
    private final GuardedHttp http;

    WebhookTargets(WebhookProperties properties) {
        this.servers = properties.servers();
        this.http = new GuardedHttp(servers.guard(), MOST_ANSWER);
    }

    @Override
    public List<FieldError> mistakes(Webhook webhook) {
        return servers.mistakes("", webhook.url(), webhook.secretRef());
    }

    /**
     * Blocks for ten seconds at most.
     *
     * @param id the same each time that this is tried
     * @throws IOException if it was not taken, with the reason for people
     */
    void post(Webhook webhook, String id, byte[] body) throws IOException {
        List<FieldError> mistakes = mistakes(webhook);
        if (!mistakes.isEmpty()) {
            throw new IOException(
                    mistakes.getFirst().pointer() + " " + mistakes.getFirst().detail());
        }
        HttpPost post = new HttpPost(webhook.url());
        long now = Instant.now().getEpochSecond();
        post.setHeader("webhook-id", id);
        post.setHeader("webhook-timestamp", String.valueOf(now));
        String secret = servers.secret(webhook.url(), webhook.secretRef());
        if (secret != null) {
            post.setHeader("webhook-signature", signature(secret, id, now, body));
        }
        post.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        Answer answer = http.exchange(post, LONGEST);
        if (answer.status() < 200 || answer.status() > 299) {
            throw new IOException("it answered status " + answer.status());
        }
    }

    /** HMAC-SHA256 of {@code ID.TIMESTAMP.BODY}. */
    static String signature(String secret, String id, long timestamp, byte[] body) {
        byte[] key = secret.startsWith(BASE64)
                ? Base64.getDecoder().decode(secret.substring(BASE64.length()))
                : secret.getBytes(StandardCharsets.UTF_8);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e); // every Java has it, for any key that is not empty
        }
    }

    @Override
    public void destroy() throws IOException {
        http.close();
    }
}
