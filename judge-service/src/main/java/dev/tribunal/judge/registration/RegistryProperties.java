package dev.tribunal.judge.registration;

import dev.tribunal.servicekit.outbound.NamedSecrets;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code tribunal.judge.*}, as far as the registry goes.
 *
 * @param secrets what registrations refer to by name; never shown
 * @param secretHosts by the name of a secret, the hosts that it may be sent to; all allowed ones where nothing is said
 * @param llmTimeout deadline of one question to an LLM judge, all its items together
 * @param ruleTimeout the same of a rule judge
 * @param lookEvery how often judges are looked at that others run
 * @param canaryEvery how often a judge is asked its fixtures again, 20 % sooner or later; 0 for never
 * @param trainerUrl of the trainer service, which knows the runs that refer to a judge
 */
@ConfigurationProperties("tribunal.judge")
public record RegistryProperties(
        @Nullable Map<String, String> secrets,
        @Nullable Map<String, List<String>> secretHosts,
        @DefaultValue("120s") Duration llmTimeout,
        @DefaultValue("10s") Duration ruleTimeout,
        @DefaultValue("30s") Duration lookEvery,
        @DefaultValue("10m") Duration canaryEvery,
        @Nullable URI trainerUrl) {

    public RegistryProperties {
        if (!lookEvery.isPositive()) {
            throw new IllegalStateException("tribunal.judge.look-every is " + lookEvery + ", must be positive");
        }
        if (canaryEvery.isNegative()) {
            throw new IllegalStateException(
                    "tribunal.judge.canary-every is " + canaryEvery + ", must be positive, or 0 for never");
        }
    }

    @Nullable
    public String secretOf(Registration registration) {
        String url = registration.llm() == null
                ? registration.url()
                : registration.llm().model().url();
        return registration.secretRef() == null ? null : named().valueFor(url, registration.secretRef());
    }

    NamedSecrets named() {
        return new NamedSecrets("the judge service", "tribunal.judge", secrets, secretHosts);
    }

    @Override
    public String toString() {
        return "RegistryProperties[secrets=***, secretHosts=" + secretHosts + ", llmTimeout=" + llmTimeout
                + ", ruleTimeout=" + ruleTimeout + ", lookEvery=" + lookEvery + ", canaryEvery=" + canaryEvery
                + ", trainerUrl=" + trainerUrl + "]";
    }
}
