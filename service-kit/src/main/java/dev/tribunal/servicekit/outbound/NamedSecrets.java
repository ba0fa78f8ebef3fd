package dev.tribunal.servicekit.outbound;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that a service is configured with, and where each of them may go. A registration refers to one by name;
 * a secret is one server's, and another's URL must not get it.
 *
 * @param service for errors, for example {@code the judge service}
 * @param prefix of the properties {@code PREFIX.secrets} and {@code PREFIX.secret-hosts}
 * @param values by name; never shown
 * @param hosts by the name of a secret, the hosts that it may be sent to; all allowed ones where nothing is said
 */
public record NamedSecrets(
        String service,
        String prefix,
        @Nullable Map<String, String> values,
        @Nullable Map<String, List<String>> hosts) {

    /** The secret to send to a URL; null if there is none of this name, or if it may not be sent there any more. */
    public @Nullable String valueFor(@Nullable String url, String name) {
        return objection(name, url) == null ? named(values, name) : null;
    }

    /** What is wrong with sending the secret of this name to a URL, and what to do; null if nothing is. */
    public @Nullable String objection(String name, @Nullable String url) {
        if (named(values, name) == null) {
            return "names '" + name + "', which " + service + " does not have; set " + prefix + ".secrets." + name;
        }
        List<String> only = named(hosts, name);
        String property = prefix + ".secret-hosts." + name;
        return only == null || only.isEmpty() || new AddressGuard(only, property).objection(url) == null
                ? null
                : "names '" + name + "', which may be sent to " + only + " only; see " + property;
    }

    /** A name given as environment variable has lost its dashes and its case: neither counts. */
    private static <T> @Nullable T named(@Nullable Map<String, T> values, String name) {
        return values == null
                ? null
                : values.entrySet().stream()
                        .filter(value -> plain(value.getKey()).equals(plain(name)))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(null);
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    @Override
    public String toString() {
        return "NamedSecrets[values=***, hosts=" + hosts + "]";
    }
}
