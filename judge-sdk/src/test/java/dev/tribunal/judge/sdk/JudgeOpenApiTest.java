package dev.tribunal.judge.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.input.Default;
import dev.tribunal.judge.sdk.conformance.JudgeTransport;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import jakarta.validation.constraints.Max;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The contract as a document: it is valid, its examples are, and so is what a judge really answers. */
class JudgeOpenApiTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final ObjectNode CONTRACT = JudgeOpenApi.contract();
    private static final ObjectNode OF_A_JUDGE = JudgeOpenApi.of(Descriptors.of(new Short()));

    static List<ObjectNode> documents() {
        return List.of(CONTRACT, OF_A_JUDGE);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void anIndependentReaderFindsItValid(ObjectNode document) {
        SwaggerParseResult result = new OpenAPIV3Parser().readContents(document.toString());

        assertThat(result.getMessages()).isEmpty();
        assertThat(result.isOpenapi31()).isTrue();
        assertThat(result.getOpenAPI().getPaths())
                .containsOnlyKeys(
                        "/judge/v1/descriptor",
                        "/judge/v1/evaluate",
                        "/judge/v1/check",
                        "/health/live",
                        "/health/ready");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyExampleValidates(ObjectNode document) {
        List<JsonNode> bodies = new ArrayList<>(document.findParents("example"));

        assertThat(bodies)
                .hasSize(6)
                .allSatisfy(body -> assertThat(mistakes(document, body.path("schema"), body.path("example")))
                        .isEmpty());
    }

    /** For those who read it without running anything. */
    @Test
    void theDocumentInDocsIsThisOne() throws IOException {
        Path written = Files.writeString(
                Path.of("target/judge-v1.openapi.json"), CONTRACT.toPrettyString() + "\n", StandardCharsets.UTF_8);

        assertThat(Path.of("../docs/judge-v1.openapi.json"))
                .as("copy judge-sdk/target/judge-v1.openapi.json to docs")
                .hasSameTextualContentAs(written);
    }

    @Test
    void everyExampleOfThePageValidates() throws IOException {
        String page = Files.readString(Path.of("../docs/judge-v1.md"));
        List<MatchResult> examples = Pattern.compile("<!-- (\\w+) -->\\s*```json\\n(.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .toList();

        assertThat(examples)
                .hasSizeGreaterThan(4)
                .allSatisfy(example -> assertThat(
                                mistakes(CONTRACT, schema(example.group(1)), JSON.readTree(example.group(2))))
                        .isEmpty());
    }

    @ParameterizedTest
    @MethodSource("registrations")
    void theExamplesRegistrationsValidate(Path file) {
        assertThat(mistakes(CONTRACT, schema("WrittenJudgeRegistration"), JSON.readTree(file.toFile())))
                .isEmpty();
    }

    static List<Path> registrations() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("../examples/judges"))) {
            return files.filter(file -> file.endsWith("registration.json")).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"itemId\":\"a\",\"verdict\":\"undecided\",\"score\":0.5,\"error\":{\"code\":\"timeout\",\"retryable\":true}}",
                "{\"itemId\":\"a\",\"verdict\":\"undecided\"}",
                "{\"itemId\":\"a\",\"verdict\":\"satisfied\",\"error\":{\"code\":\"timeout\",\"retryable\":true}}",
                "{\"itemId\":\"a\",\"verdict\":\"perhaps\"}",
                "{\"verdict\":\"satisfied\"}",
                "{\"itemId\":\"a\",\"verdict\":\"undecided\",\"error\":{\"code\":\"Time out!\",\"retryable\":true}}",
            })
    void whatJudgesMayNotAnswerDoesNotValidate(String result) {
        assertThat(mistakes(CONTRACT, schema("EvaluateResponseResult"), JSON.readTree(result)))
                .isNotEmpty();
    }

    @Test
    void aJudgesOwnDocumentTellsItsParameters() {
        String request = """
            {"requestId":"r","deadlineMs":1000,"judge":{"name":"short","version":"2","parameters":{"most":%s}},
             "items":[{"itemId":"a","completion":{"text":"x"}}]}""";

        assertThat(mistakes(OF_A_JUDGE, schema("EvaluateRequest"), JSON.readTree(request.formatted("7"))))
                .isEmpty();
        assertThat(mistakes(OF_A_JUDGE, schema("EvaluateRequest"), JSON.readTree(request.formatted("101"))))
                .isNotEmpty();
        assertThat(OF_A_JUDGE.at("/info/title").stringValue()).isEqualTo("short");
    }

    @Test
    void whatAJudgeServesIsAsItsDocumentSays() throws Exception {
        try (ConfigurableApplicationContext server =
                JudgeServer.start(new Short(), "--server.port=0", "--server.address=127.0.0.1")) {
            String port = server.getEnvironment().getProperty("local.server.port");
            JudgeTransport http = JudgeTransport.to(URI.create("http://127.0.0.1:" + port), null);
            Duration soon = Duration.ofSeconds(30);

            ObjectNode served = (ObjectNode)
                    JSON.readTree(http.send("/openapi.json", null, soon).body());
            assertThat(served).isEqualTo(JSON.readTree(OF_A_JUDGE.toString()));
            assertThat(mistakes(
                            served,
                            schema("JudgeDescriptor"),
                            JSON.readTree(http.send("/judge/v1/descriptor", null, soon)
                                    .body())))
                    .isEmpty();
            byte[] request = """
                {"requestId":"r","deadlineMs":30000,"judge":{"name":"short","version":"2"},
                 "items":[{"itemId":"a","completion":{"text":"x"}},{"itemId":"b","completion":{"text":"xx"}},
                          {"itemId":"c","completion":{"text":""}}]}""".getBytes(StandardCharsets.UTF_8);
            JsonNode answer =
                    JSON.readTree(http.send("/judge/v1/evaluate", request, soon).body());
            assertThat(mistakes(served, schema("EvaluateResponse"), answer)).isEmpty();
            assertThat(answer.findValuesAsString("verdict")).containsExactly("satisfied", "violated", "undecided");
            JsonNode problem = JSON.readTree(
                    http.send("/judge/v1/evaluate", "{}".getBytes(), soon).body());
            assertThat(mistakes(served, schema("Problem"), problem)).isEmpty();
        }
    }

    private static ObjectNode schema(String name) {
        return JSON.createObjectNode().put("$ref", "#/components/schemas/" + name);
    }

    /** The schema refers to the document's components, so it is resolved inside it. */
    private static List<String> mistakes(ObjectNode document, JsonNode schema, JsonNode value) {
        ObjectNode self = JSON.createObjectNode();
        self.setAll((ObjectNode) schema);
        self.set("components", document.path("components"));
        return REGISTRY.getSchema(self).validate(value).stream()
                .map(Object::toString)
                .toList();
    }

    /** A completion has one character, or what a task allows. */
    private static final class Short implements TypedJudge<Short.Parameters> {

        record Parameters(@Max(100) @Default("1") int most) {}

        @Override
        public JudgeDescriptor descriptor() {
            return new JudgeDescriptor("short", "2", JudgeApi.CONTRACT, null, true, 16);
        }

        @Override
        public ItemVerdict judge(JudgeItem item, Parameters parameters, Deadline deadline) {
            int length = item.completion().text().length();
            if (length == 0) {
                return ItemVerdict.undecided("empty", "there is nothing to measure");
            }
            return length <= parameters.most() ? ItemVerdict.satisfied("is short") : ItemVerdict.violated("is long");
        }
    }
}
