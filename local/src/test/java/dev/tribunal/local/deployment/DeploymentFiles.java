package dev.tribunal.local.deployment;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what lies in the project's root for deployment. */
final class DeploymentFiles {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    static final Path BASE = ROOT.resolve("k8s/base");
    static final Path LOCAL = ROOT.resolve("k8s/overlays/local");
    static final Path EXAMPLES = ROOT.resolve("k8s/examples");
    static final List<String> SERVICES = List.of("gateway", "trainer-service", "judge-service", "reward-service");

    /** Only reads files; it never looks for a cluster. */
    private static final KubernetesClient CLIENT = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder().withAutoConfigure(false).build())
            .build();

    private DeploymentFiles() {}

    /** The manifests of a folder, without its kustomization. */
    static List<Path> manifests(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.endsWith("kustomization.yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<HasMetadata> resources(Path manifest) {
        try (InputStream yaml = Files.newInputStream(manifest)) {
            return CLIENT.load(yaml).items();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A YAML file, its anchors and merges resolved. */
    static JsonNode yaml(Path file) {
        return new JsonMapper().valueToTree(new Yaml().load(text(file)));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The settings file of a service. */
    static Path settings(String service) {
        return ROOT.resolve(service).resolve("src/main/resources").resolve(service + ".yml");
    }

    /** What every service's settings begin with. */
    static Path ofAll() {
        return ROOT.resolve("service-kit/src/main/resources/tribunal-service.yml");
    }

    static int port(String service) {
        return yaml(settings(service)).at("/server/port").asInt();
    }
}
