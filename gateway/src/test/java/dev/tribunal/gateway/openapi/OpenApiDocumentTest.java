package dev.tribunal.gateway.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.tribunal.contracts.access.v1.AccessTokensApi;
import dev.tribunal.contracts.access.v1.AuditApi;
import dev.tribunal.contracts.access.v1.CallerApi;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.PendingJudgementApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeTemplateApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardEvaluationsApi;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonsApi;
import dev.tribunal.contracts.runs.v1.generation.GenerationsApi;
import dev.tribunal.contracts.runs.v1.label.LabelsApi;
import dev.tribunal.contracts.runs.v1.lineage.LineageApi;
import dev.tribunal.contracts.runs.v1.method.MethodsApi;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementsApi;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.servicekit.openapi.Examples;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.service.annotation.HttpExchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class OpenApiDocumentTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private final ObjectNode document = OpenApiDocument.create();

    @Test
    void anIndependentReaderFindsItValid() {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        SwaggerParseResult result = new OpenAPIV3Parser().readContents(document.toString(), null, options);

        assertThat(result.getMessages()).isEmpty();
        assertThat(result.isOpenapi31()).isTrue();
        assertThat(result.getOpenAPI().getPaths()).hasSameSizeAs(document.path("paths"));
    }

    @Test
    void everySchemaIsAValidJsonSchema() {
        Schema metaSchema = REGISTRY.getSchema(
                com.networknt.schema.SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        document.at("/components/schemas")
                .forEachEntry((name, schema) ->
                        assertThat(metaSchema.validate(schema)).as(name).isEmpty());
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<JsonNode> references = document.findValues("$ref");

        assertThat(references)
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                document.at(reference.stringValue().substring(1))
                                        .isObject())
                        .as(reference.stringValue())
                        .isTrue());
    }

    @Test
    void noDescriptionBreaksOffWithinBraces() {
        assertThat(document.findValues("description")).isNotEmpty().allSatisfy(description -> {
            String text = description.asString("");
            assertThat(text.chars().filter(letter -> letter == '{').count())
                    .as(text)
                    .isEqualTo(text.chars().filter(letter -> letter == '}').count());
        });
    }

    @Test
    void everyOperationOfTheContractsIsThereOnce() {
        Set<String> promised = new TreeSet<>();
        Stream.of(
                        RunsApi.class,
                        LabelsApi.class,
                        LineageApi.class,
                        ComparisonsApi.class,
                        RejudgementsApi.class,
                        GenerationsApi.class,
                        MethodsApi.class,
                        JudgeRegistryApi.class,
                        JudgeTemplateApi.class,
                        JudgementApi.class,
                        PendingJudgementApi.class,
                        RewardApi.class,
                        RewardEvaluationsApi.class,
                        CallerApi.class,
                        AccessTokensApi.class,
                        AuditApi.class)
                .flatMap(api -> Stream.of(api.getDeclaredMethods()))
                .filter(method -> !method.isDefault())
                .forEach(method -> promised.add(methodAndPath(method)));
        Set<String> described = new TreeSet<>();
        Set<String> ids = new HashSet<>();
        document.path("paths")
                .forEachEntry((path, operations) -> operations.forEachEntry((method, operation) -> {
                    described.add(method + " " + path);
                    assertThat(ids.add(operation.path("operationId").stringValue()))
                            .isTrue();
                }));

        assertThat(described).isEqualTo(promised);
    }

    @Test
    void everyBodyHasAnExampleAndEveryExampleValidates() {
        List<JsonNode> bodies = new ArrayList<>();
        document.findParents("schema").stream()
                .filter(node -> !node.has("in"))
                .filter(node -> !"string".equals(node.at("/schema/type").asString("")))
                .forEach(bodies::add);

        assertThat(bodies).hasSizeGreaterThan(20).allSatisfy(body -> {
            assertThat(body.has("example"))
                    .as("example of " + body.path("schema"))
                    .isTrue();
            assertThat(mistakes(body.path("schema"), body.path("example"))).isEmpty();
        });
    }

    @Test
    void aWrittenSpecMayLeaveOutDefaultsButNothingElse() {
        JsonNode written = JSON.readTree("{\"$ref\":\"#/components/schemas/WrittenRunSpec\"}");
        ObjectNode spec = (ObjectNode) Examples.of("WrittenRunSpec").orElseThrow();
        assertThat(mistakes(written, spec.without("labels"))).isEmpty();
        assertThat(mistakes(written, spec.deepCopy().put("aplha", 1))).isNotEmpty();
        assertThat(mistakes(written, spec.deepCopy().without("policy"))).isNotEmpty();

        ObjectNode method = (ObjectNode) spec.at("/tasks/0/method");
        method.put("beta", 0.1);
        assertThat(mistakes(written, spec)).as("beta is not crpg's").isNotEmpty();
        method.remove("beta");
        method.remove("klMax");
        assertThat(mistakes(written, spec)).as("crpg without klMax").isNotEmpty();
    }

    /** The record's annotations, as the reader of specs holds to them. */
    @Test
    void aWrittenSpecsBoundsDefaultsAndShorthandsAreInItsSchema() {
        JsonNode written = JSON.readTree("{\"$ref\":\"#/components/schemas/WrittenRunSpec\"}");
        ObjectNode spec = (ObjectNode) Examples.of("WrittenRunSpec").orElseThrow();
        ObjectNode training = spec.withObject("/training");
        ObjectNode lora = spec.withObject("/policy/lora");

        lora.put("targetModules", "all-linear");
        assertThat(mistakes(written, spec)).isEmpty();
        lora.put("targetModules", "some");
        assertThat(mistakes(written, spec)).isNotEmpty();
        lora.remove("targetModules");
        for (String steps : List.of("0", "1000001", "2.5", "\"2\"")) {
            training.set("steps", JSON.readTree(steps));
            assertThat(mistakes(written, spec)).as("steps: " + steps).isNotEmpty();
        }
        training.put("steps", 1);
        training.put("learningRate", 0);
        assertThat(mistakes(written, spec)).as("a learning rate of 0").isNotEmpty();

        JsonNode policy = document.at("/components/schemas/WrittenRunSpecPolicy/properties");
        assertThat(policy.at("/maxNewTokens/default").intValue()).isEqualTo(128);
        assertThat(policy.at("/precision/default").stringValue()).isEqualTo("fp32");
        assertThat(policy.at("/topP/exclusiveMinimum").intValue()).isZero();
        assertThat(document.at("/components/schemas/RunSpecPolicy").has("additionalProperties"))
                .as("what a service answers may grow")
                .isFalse();
    }

    /** Generators name what has no name after where it stands, and a second thing of that name breaks their output. */
    @Test
    void whatIsWrittenInPlaceOfAReferenceIsPlain() {
        assertThat(document.findValues("oneOf"))
                .isNotEmpty()
                .allSatisfy(oneOf -> assertThat(oneOf)
                        .allSatisfy(one -> assertThat(one.has("properties"))
                                .as(one.toString())
                                .isFalse()));
        Set<String> taken = new HashSet<>();
        document.at("/components/schemas").forEachEntry((name, schema) -> taken.add(name));
        document.at("/components/schemas")
                .forEachEntry((name, schema) -> schema.path("properties").forEachEntry((property, its) -> {
                    if (its.path("type").asString("").equals("object")) {
                        String derived =
                                name + property.substring(0, 1).toUpperCase(Locale.ROOT) + property.substring(1);
                        assertThat(taken.add(derived)).as(derived).isTrue();
                    }
                }));
    }

    @Test
    void limitsAndDefaultsAreInTheSchema() {
        JsonNode limit = parameter("/paths/~1v1~1runs/get/parameters", "limit").path("schema");
        assertThat(limit.path("minimum").intValue()).isEqualTo(1);
        assertThat(limit.path("maximum").intValue()).isEqualTo(1000);
        assertThat(limit.path("default").intValue()).isEqualTo(50);
        assertThat(parameter("/paths/~1v1~1runs/get/parameters", "state")
                        .at("/schema/enum")
                        .size())
                .isGreaterThan(5);
        assertThat(document.at("/components/schemas/WrittenJudgeRegistration/properties/name/pattern")
                        .asString())
                .startsWith("^")
                .endsWith("$");
        assertThat(document.at("/components/schemas/WrittenJudgeRegistration/properties/timeoutMs/maximum")
                        .intValue())
                .isEqualTo(600_000);
    }

    @Test
    void everyErrorThatCanComeIsNamedAndIsAProblem() {
        document.path("paths")
                .forEach(operations -> operations.forEach(operation -> {
                    JsonNode responses = operation.path("responses");
                    assertThat(responses.propertyNames()).contains("400", "401", "406", "500", "502", "503", "504");
                    assertThat(operation.has("requestBody"))
                            .isEqualTo(responses.has("413"))
                            .isEqualTo(responses.has("415"));
                    responses.forEachEntry(
                            (status, response) -> assertThat(Integer.parseInt(status) < 400 || response.has("$ref"))
                                    .as(status)
                                    .isTrue());
                }));
    }

    private JsonNode parameter(String parameters, String name) {
        for (JsonNode parameter : document.at(parameters)) {
            if (parameter.path("name").asString().equals(name)) {
                return parameter;
            }
        }
        throw new AssertionError(name);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void theProjectsOwnSpecsAreWrittenAsItSays(Path file) {
        JsonNode spec = new YAMLMapper().readTree(file);
        String schema = spec.has("apiVersion")
                ? "WrittenRunSpec"
                : spec.has("arms") ? "WrittenComparisonRequest" : "WrittenRewardModelRegistration";
        if (spec.path("base").isString()) { // the command line puts the file in its place
            ((ObjectNode) spec)
                    .set(
                            "base",
                            new YAMLMapper()
                                    .readTree(file.resolveSibling(
                                            spec.path("base").asString())));
        }

        assertThat(mistakes(JSON.readTree("{\"$ref\":\"#/components/schemas/" + schema + "\"}"), spec))
                .isEmpty();
    }

    static List<Path> specs() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("../examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.toString().contains("judges"))
                    .toList();
        }
    }

    @Test
    void theContractsJavadocIsItsText() {
        assertThat(document.at("/paths/~1v1~1runs/post/description").stringValue())
                .startsWith("Creates a run, after checking all of its spec");
        assertThat(document.at("/components/schemas/Crpg/properties/klMax/description")
                        .stringValue())
                .isEqualTo("KL_max, nats a sequence: at this log-ratio a completion's reward is 0");
    }

    /** The schema refers to the document's components, so it is resolved inside it. */
    private List<String> mistakes(JsonNode schema, JsonNode value) {
        ObjectNode self = JSON.createObjectNode();
        self.setAll((ObjectNode) schema);
        self.set("components", document.path("components"));
        return REGISTRY.getSchema(self).validate(value).stream()
                .map(Object::toString)
                .toList();
    }

    private static String methodAndPath(Method method) {
        HttpExchange exchange = AnnotatedElementUtils.findMergedAnnotation(method, HttpExchange.class);
        return exchange.method().toLowerCase(Locale.ROOT) + " " + exchange.url();
    }
}
