package dev.tribunal.reward.remote;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code tribunal.reward.remote.*}
 *
 * @param allowedHosts hosts that reward models may run on; {@code *.suffix} allows all below a suffix
 * @param secrets what registrations refer to by name; never shown
 * @param maxAnswer an answer is read up to here
 */
@ConfigurationProperties("tribunal.reward.remote")
record RemoteProperties(
        @DefaultValue({"localhost", "127.0.0.1", "[::1]"}) List<String> allowedHosts,
        @Nullable Map<String, String> secrets,
        @DefaultValue("8MB") DataSize maxAnswer) {

    /** A name given as environment variable has lost its dashes and its case: neither counts. */
    @Nullable
    String secret(String name) {
        return secrets == null
                ? null
                : secrets.entrySet().stream()
                        .filter(secret -> plain(secret.getKey()).equals(plain(name)))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(null);
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    @Override
    public String toString() {
        return "RemoteProperties[allowedHosts=" + allowedHosts + ", secrets=***, maxAnswer=" + maxAnswer + "]";
    }
}
