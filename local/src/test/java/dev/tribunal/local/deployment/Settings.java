package dev.tribunal.local.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** The settings of a service, as environment variables name them. */
final class Settings {

    /** Of every service, by the contracts' HTTP configuration. */
    private static final String TOKEN = "TRIBUNAL_HTTP_TOKEN";

    private Settings() {}

    /** @throws AssertionError if a variable TRIBUNAL_... is unknown to the service's settings file and to that of all */
    static void requireKnown(String service, Collection<String> variables) {
        Set<String> known = new TreeSet<>(Set.of(TOKEN));
        collect("", DeploymentFiles.yaml(DeploymentFiles.settings(service)), known);
        collect("", DeploymentFiles.yaml(DeploymentFiles.ofAll()), known);
        String text = DeploymentFiles.text(DeploymentFiles.settings(service));
        assertThat(variables)
                .filteredOn(variable -> variable.startsWith("TRIBUNAL_"))
                .filteredOn(variable -> !text.contains(variable)) // a setting without a default is in a comment
                .allSatisfy(variable -> assertThat(known)
                        .as("what %s could be among the settings of %s", variable, service)
                        .anyMatch(setting -> matches(setting, variable)));
    }

    private static boolean matches(String setting, String variable) {
        return setting.endsWith("*")
                ? variable.startsWith(setting.substring(0, setting.length() - 1))
                : setting.equals(variable);
    }

    private static void collect(String prefix, JsonNode node, Set<String> known) {
        node.properties().forEach(property -> {
            String name = prefix + property.getKey().toUpperCase(Locale.ROOT).replace('-', '_');
            JsonNode value = property.getValue();
            if (!value.isObject()) {
                known.add(name);
            } else if (value.isEmpty()) {
                known.add(name + "_*"); // a map whose keys the user chooses
            } else {
                collect(name + "_", value, known);
            }
        });
    }
}
