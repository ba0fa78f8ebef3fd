package dev.tribunal.judge.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.judge.registration.Registration;
import dev.tribunal.judge.registration.RegistrationCheck;
import dev.tribunal.judge.registration.RegistryProperties;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.outbound.AddressGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The registrations in docs/protocols.md are registrations. */
class ProtocolDocumentTest {

    private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final AddressGuard GUARD = new AddressGuard(List.of("localhost", "*.svc"));
    private static final RegistryProperties PROPERTIES = new RegistryProperties(
            Map.of("tei-key", "a", "llm-key", "b"),
            null,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ZERO,
            null);

    static Stream<Input<JudgeRegistration>> examples() throws IOException {
        String document = Files.readString(Path.of("../docs/protocols.md"));
        return EXAMPLE.matcher(document)
                .results()
                .map(example -> new Yaml(new SafeConstructor(new LoaderOptions())).load(example.group(1)))
                .filter(example -> ((Map<?, ?>) example).containsKey("adapter"))
                .map(example ->
                        InputReader.read(JudgeRegistration.class, new JsonMapper().<JsonNode>valueToTree(example)));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleHasNoMistakes(Input<JudgeRegistration> registration) {
        assertThat(new RegistrationCheck(GUARD, PROPERTIES, (llm, whole) -> List.of()).mistakes(registration))
                .isEmpty();
        Registration stored = Registration.of(registration.required());
        assertThat(Registration.fromJson(stored.canonicalJson())).isEqualTo(stored);
    }

    @Test
    void thereIsOneForEachKind() throws IOException {
        assertThat(examples()).hasSize(8);
    }
}
