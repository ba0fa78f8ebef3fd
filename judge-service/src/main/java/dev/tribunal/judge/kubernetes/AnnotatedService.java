package dev.tribunal.judge.kubernetes;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads a registration from a Service: who the judge is from its annotations, where it is from its spec. */
final class AnnotatedService {

    static final String LABEL = "tribunal.dev/judge";

    private static final String CONTRACT = "tribunal.dev/contract";
    private static final String VERSION = "tribunal.dev/version";
    private static final String NAME = "tribunal.dev/name";
    private static final String PORT = "tribunal.dev/port";
    private static final String SCHEME = "tribunal.dev/scheme";
    private static final String PATH = "tribunal.dev/path";

    /** All else that a registration holds, in YAML or JSON. */
    private static final String REGISTRATION = "tribunal.dev/registration";

    private static final List<String> OF_THE_SERVICE = List.of("name", "version", "contract", "endpoint");

    private final JsonMapper json;
    private final Function<Service, String> url;

    AnnotatedService(JsonMapper json) {
        this(json, AnnotatedService::clusterUrl);
    }

    /** @param url where a Service is reached; may refuse it as {@link #registration} does */
    AnnotatedService(JsonMapper json, Function<Service, String> url) {
        this.json = json;
        this.url = url;
    }

    /**
     * The registration as the annotations have it, with what is wrong with its fields.
     *
     * @throws IllegalArgumentException that says what is wrong with the Service
     */
    Input<JudgeRegistration> registration(Service service) {
        ObjectNode registration = rest(annotation(service, REGISTRATION));
        registration.put("contract", required(service, CONTRACT, "judge/v1"));
        registration.put("version", required(service, VERSION, "1.4.0"));
        String name = annotation(service, NAME);
        registration.put("name", name == null ? service.getMetadata().getName() : name);
        registration.putObject("endpoint").put("url", url.apply(service));
        return InputReader.read(JudgeRegistration.class, registration);
    }

    private ObjectNode rest(@Nullable String yaml) {
        if (yaml == null) {
            return json.createObjectNode();
        }
        JsonNode read;
        try {
            read = json.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml));
        } catch (YAMLException | JacksonException e) {
            throw new IllegalArgumentException("annotation " + REGISTRATION + " cannot be read: " + e.getMessage(), e);
        }
        if (!(read instanceof ObjectNode object)) {
            throw new IllegalArgumentException("annotation " + REGISTRATION + " is not an object");
        }
        for (String field : OF_THE_SERVICE) {
            if (object.has(field)) {
                throw new IllegalArgumentException("annotation " + REGISTRATION + " holds '" + field
                        + "', which the other annotations and the Service itself tell; remove it");
            }
        }
        return object;
    }

    private static String clusterUrl(Service service) {
        if ("ExternalName".equals(service.getSpec().getType())) {
            // It would lead by DNS to wherever its author likes, past the list of allowed hosts.
            throw new IllegalArgumentException("a Service of type ExternalName cannot be a judge; register it by POST");
        }
        String scheme = annotation(service, SCHEME);
        String path = annotation(service, PATH);
        return (scheme == null ? "http" : scheme) + "://"
                + service.getMetadata().getName() + "." + service.getMetadata().getNamespace() + ".svc:" + port(service)
                + (path == null ? "" : path);
    }

    private static int port(Service service) {
        List<ServicePort> ports = service.getSpec().getPorts();
        String wanted = annotation(service, PORT);
        if (wanted == null && ports.size() == 1) {
            return ports.getFirst().getPort();
        }
        String named = wanted == null ? "http" : wanted;
        return ports.stream()
                .filter(port -> named.equals(port.getName()) || named.equals(String.valueOf(port.getPort())))
                .findFirst()
                .map(ServicePort::getPort)
                .orElseThrow(() -> new IllegalArgumentException("there is no port '" + named + "' among "
                        + ports.stream()
                                .map(port -> port.getName() + " " + port.getPort())
                                .collect(Collectors.joining(", "))
                        + "; name one in the annotation " + PORT));
    }

    private static String required(Service service, String annotation, String example) {
        String value = annotation(service, annotation);
        if (value == null) {
            throw new IllegalArgumentException(
                    "annotation " + annotation + " is missing; give it, for example \"" + example + "\"");
        }
        return value;
    }

    private static @Nullable String annotation(Service service, String name) {
        Map<String, String> annotations = service.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(name);
    }
}
