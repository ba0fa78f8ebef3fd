package dev.tribunal.local.deployment;

import static dev.tribunal.local.deployment.DeploymentFiles.ROOT;
import static dev.tribunal.local.deployment.DeploymentFiles.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;

/** The images and the compose file, checked without an engine. */
class ContainersTest {

    private static final JsonNode COMPOSE = DeploymentFiles.yaml(ROOT.resolve("docker-compose.yml"));
    private static final String DOCKERFILE = DeploymentFiles.text(ROOT.resolve("Dockerfile"));

    static String image(String service) {
        return COMPOSE.at("/services/" + service + "/image").asString();
    }

    @Test
    void theDockerfileHasABaseForEveryServiceAndNoOther() {
        assertThat(Pattern.compile("(?m)^FROM .* AS (\\S+)-base$")
                        .matcher(DOCKERFILE)
                        .results())
                .extracting(base -> base.group(1))
                .containsExactlyInAnyOrderElementsOf(SERVICES);
        assertThat(DOCKERFILE)
                .contains("--projects " + String.join(",", SERVICES) + " ", "FROM ${MODULE}-base\n", "USER 10001:10001")
                .contains("EXPOSE ${SERVER_PORT}", "/dev/tcp/127.0.0.1/$SERVER_PORT ", "GET /health/ready")
                .containsPattern("ENTRYPOINT \\[\"java\"");
    }

    @ParameterizedTest
    @FieldSource("dev.tribunal.local.deployment.DeploymentFiles#SERVICES")
    void aServicesImageHasItsPortAndItsModule(String service) {
        assertThat(DOCKERFILE)
                .containsPattern("FROM eclipse-temurin:25-(jre|jdk) AS " + service + "-base\nENV SERVER_PORT="
                        + DeploymentFiles.port(service) + "\n");
        assertThat(COMPOSE.at("/services/" + service + "/build/args/MODULE").asString())
                .isEqualTo(service);
        assertThat(COMPOSE.at("/services/" + service + "/build").propertyNames())
                .containsExactly("context", "args");
    }

    /** Where no registry is named, {@code try.sh} makes these itself and gives them the names. */
    @Test
    void everyImageOfOthersHasOneThatStandsInForIt() {
        String script = DeploymentFiles.text(ROOT.resolve("containers/try.sh"));
        String bases = DeploymentFiles.text(ROOT.resolve("containers/base/Dockerfile"));
        List<String> named = Stream.concat(
                        Pattern.compile("(?m)^FROM (\\S+:\\S+) AS ")
                                .matcher(DOCKERFILE)
                                .results()
                                .map(from -> from.group(1)),
                        Stream.of(COMPOSE.at("/services/postgres/image").asString()))
                .distinct()
                .toList();

        assertThat(named).hasSize(4).allSatisfy(image -> {
            var target = Pattern.compile("build --target (\\S+) --tag " + Pattern.quote(image) + " ")
                    .matcher(script);
            assertThat(target.find()).as(image).isTrue();
            assertThat(bases).containsPattern("(?m)^FROM \\S+ AS " + target.group(1) + "$");
        });
    }

    @Test
    void allImagesHaveTheSameVersion() {
        assertThat(SERVICES.stream()
                        .map(service -> image(service).replace(service, "SERVICE"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void onlyTheGatewayIsReachedFromOutside() {
        assertThat(services().filter(name -> COMPOSE.at("/services/" + name).has("ports")))
                .containsExactly("gateway");
    }

    @Test
    void everyContainerOfTheComposeFileIsReadOnlyAndWithoutPrivileges() {
        assertThat(services()).hasSize(SERVICES.size() + 1).allSatisfy(name -> {
            JsonNode service = COMPOSE.at("/services/" + name);
            assertThat(service.path("read_only").asBoolean()).isTrue();
            assertThat(service.path("security_opt").toString()).contains("no-new-privileges:true");
            if (!name.equals("postgres")) { // whose entry point changes the owner of its data
                assertThat(service.path("cap_drop").toString()).contains("ALL");
            }
        });
    }

    @Test
    void secretsAreDemandedAndNeverWritten() {
        List<String> secrets = services()
                .flatMap(name -> COMPOSE.at("/services/" + name + "/environment").properties().stream())
                .filter(variable -> variable.getKey().endsWith("_TOKEN")
                        || variable.getKey().endsWith("_PASSWORD"))
                .map(variable -> variable.getValue().asString())
                .toList();

        assertThat(secrets)
                .hasSize(SERVICES.size() + 6)
                .allMatch(value -> value.matches("\\$\\{[A-Z_]+:\\?set it .+}"));
    }

    /** What bubblewrap needs of a container is given to the judge service alone, and only where it is asked for. */
    @Test
    void onlyTheCodeJudgesFileLoosensAContainer() {
        JsonNode code = DeploymentFiles.yaml(ROOT.resolve("docker-compose.code.yml"));

        assertThat(code.path("services").propertyNames()).containsExactly("judge-service");
        assertThat(code.at("/services/judge-service").propertyNames()).containsExactly("security_opt");
        assertThat(DeploymentFiles.text(ROOT.resolve("docker-compose.yml"))).doesNotContain("unconfined");
    }

    @ParameterizedTest
    @FieldSource("dev.tribunal.local.deployment.DeploymentFiles#SERVICES")
    void everySettingIsOneThatItsServiceHas(String service) {
        Settings.requireKnown(
                service,
                COMPOSE.at("/services/" + service + "/environment").properties().stream()
                        .map(Map.Entry::getKey)
                        .toList());
    }

    @Test
    void everyVolumeThatIsMountedIsDeclared() {
        List<String> mounted = services()
                .flatMap(name -> COMPOSE.at("/services/" + name + "/volumes").valueStream())
                .map(volume -> volume.asString().split(":")[0])
                .filter(source -> !source.startsWith("."))
                .distinct()
                .toList();
        assertThat(COMPOSE.path("volumes").propertyNames()).containsExactlyInAnyOrderElementsOf(mounted);
    }

    private static Stream<String> services() {
        return COMPOSE.path("services").propertyNames().stream();
    }
}
