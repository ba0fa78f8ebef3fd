package dev.tribunal.judge.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Auth;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.AuthMode;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Retry;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class AnnotatedServiceTest {

    private final AnnotatedService reader = new AnnotatedService(new JsonMapper());

    @Test
    void aServiceSaysWhoTheJudgeIsAndWhereAndItsAnnotationTheRest() {
        Service service = service();
        service.getMetadata().getAnnotations().put("tribunal.dev/registration", """
                auth: {mode: bearer, secretRef: math-token}
                timeoutMs: 8000
                retry: {maxAttempts: 2, backoff: PT0.2S}
                fixtures:
                - expect: satisfied
                  item: {itemId: a, messages: [{role: user, content: "2+2?"}], completion: {text: "4"}}
                """);

        JudgeRegistration registration =
                Objects.requireNonNull(reader.registration(service).value());

        assertThat(registration.name()).isEqualTo("math");
        assertThat(registration.version()).isEqualTo("1.0");
        assertThat(registration.contract()).isEqualTo("judge/v1");
        assertThat(registration.endpoint().url()).isEqualTo("http://math.judges.svc:8080");
        assertThat(registration.auth()).isEqualTo(new Auth(AuthMode.BEARER, "math-token"));
        assertThat(registration.timeoutMs()).isEqualTo(8000);
        assertThat(registration.retry()).isEqualTo(new Retry(2, Duration.ofMillis(200)));
        assertThat(registration.fixtures()).singleElement().satisfies(fixture -> {
            assertThat(fixture.expect()).isEqualTo(Verdict.SATISFIED);
            assertThat(fixture.item().completion().text()).isEqualTo("4");
        });
    }

    @Test
    void theAddressCanBeChosen() {
        Service service = service();
        service.getSpec()
                .getPorts()
                .add(new io.fabric8.kubernetes.api.model.ServicePortBuilder()
                        .withName("judging")
                        .withPort(9443)
                        .build());
        assertThat(Objects.requireNonNull(reader.registration(service).value())
                        .endpoint()
                        .url())
                .as("the port named http")
                .isEqualTo("http://math.judges.svc:8080");

        service.getMetadata()
                .getAnnotations()
                .putAll(Map.of(
                        "tribunal.dev/name", "math-verify",
                        "tribunal.dev/port", "judging",
                        "tribunal.dev/scheme", "https",
                        "tribunal.dev/path", "/base"));
        assertThat(Objects.requireNonNull(reader.registration(service).value())
                        .endpoint()
                        .url())
                .isEqualTo("https://math.judges.svc:9443/base");
        assertThat(Objects.requireNonNull(reader.registration(service).value()).name())
                .isEqualTo("math-verify");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tribunal.dev/port         | grpc                   | there is no port 'grpc' among http 8080",
                "tribunal.dev/registration | just a text            | is not an object",
                "tribunal.dev/registration | {a: [                  | cannot be read",
                "tribunal.dev/registration | {version: '2'}         | holds 'version'",
                "tribunal.dev/registration | {endpoint: {url: x}}   | holds 'endpoint'",
                "tribunal.dev/registration | !!java.net.URL [x]     | cannot be read"
            })
    void whatIsWrongIsSaid(String annotation, String value, String problem) {
        Service service = service();
        service.getMetadata().getAnnotations().put(annotation, value);

        assertThatThrownBy(() -> reader.registration(service))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void everyMistakeOfTheRestIsNamed() {
        Service service = service();
        service.getMetadata()
                .getAnnotations()
                .put(
                        "tribunal.dev/registration",
                        "{timeoutMs: soon, maxInflight: 3, auth: {mode: basic}, fixtures: []}");

        assertThat(reader.registration(service).mistakes())
                .extracting(mistake -> mistake.pointer() + " " + mistake.detail())
                .containsExactlyInAnyOrder(
                        "/timeoutMs is \"soon\", must be a whole number",
                        "/maxInflight is not known; did you mean 'maxInFlight'?",
                        "/auth/mode is \"basic\", must be one of none, bearer",
                        "/fixtures must hold at least one that expects satisfied",
                        "/fixtures must hold at least one that expects violated");
    }

    @Test
    void versionAndContractAreRequired() {
        for (String annotation : new String[] {"tribunal.dev/version", "tribunal.dev/contract"}) {
            Service service = service();
            service.getMetadata().getAnnotations().remove(annotation);
            assertThatThrownBy(() -> reader.registration(service)).hasMessageContaining(annotation + " is missing");
        }
    }

    @Test
    void aNameOfTheOutsideIsNoJudge() {
        Service service = service();
        service.getSpec().setType("ExternalName");
        service.getSpec().setExternalName("metadata.google.internal");

        assertThatThrownBy(() -> reader.registration(service)).hasMessageContaining("ExternalName");
    }

    @Test
    void theProjectsExampleIsTheExampleJudge() throws IOException {
        Service service;
        try (InputStream yaml = Files.newInputStream(Path.of("../k8s/examples/no-profanity.yaml"));
                KubernetesClient files = new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder().withAutoConfigure(false).build())
                        .build()) {
            service = files.load(yaml).items().stream()
                    .filter(Service.class::isInstance)
                    .map(Service.class::cast)
                    .findFirst()
                    .orElseThrow();
        }
        service.getMetadata().setNamespace("tribunal");
        JudgeRegistration posted = new JsonMapper()
                .readValue(Path.of("../examples/judges/python/registration.json"), JudgeRegistration.class);

        JudgeRegistration registration =
                Objects.requireNonNull(reader.registration(service).value());

        assertThat(service.getMetadata().getLabels()).containsEntry("tribunal.dev/judge", "true");
        assertThat(registration.endpoint().url()).isEqualTo("http://no-profanity.tribunal.svc:8080");
        assertThat(registration)
                .usingRecursiveComparison()
                .ignoringFields("endpoint", "fixtures")
                .isEqualTo(posted);
        assertThat(registration.fixtures())
                .extracting(JudgeRegistration.Fixture::expect)
                .contains(Verdict.SATISFIED, Verdict.VIOLATED);
    }

    private static Service service() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("judges")
                .withName("math")
                .addToAnnotations("tribunal.dev/version", "1.0")
                .addToAnnotations("tribunal.dev/contract", "judge/v1")
                .endMetadata()
                .withNewSpec()
                .addNewPort()
                .withName("http")
                .withPort(8080)
                .endPort()
                .endSpec()
                .build();
    }
}
