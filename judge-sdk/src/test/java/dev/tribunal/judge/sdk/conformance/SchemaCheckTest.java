package dev.tribunal.judge.sdk.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.common.FieldError;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Parameters by the schema of a judge's descriptor, which is not trusted. */
class SchemaCheckTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final String WORDS = """
        {"type":"object","additionalProperties":false,"required":["words"],"properties":{
          "words":{"type":"array","items":{"type":"string","minLength":1}},
          "most":{"type":"integer","minimum":0,"maximum":9},
          "form":{"enum":["any","all"]},
          "nested":{"type":"object","properties":{"a":{"type":"number"}},"additionalProperties":false}}}""";

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"words":["x"]}                        |
        {"words":["x"],"most":3,"form":"any"}  |
        {}                                     | /words
        {"words":["x"],"wrods":["y"]}          | /wrods
        {"words":["x"],"most":"3"}             | /most
        {"words":["x"],"most":10}              | /most
        {"words":["x"],"most":1.5}             | /most
        {"words":["x",""]}                     | /words/1
        {"words":"x"}                          | /words
        {"words":["x"],"form":"some"}          | /form
        {"words":["x"],"nested":{"b":1}}       | /nested/b
        {"words":["x"],"a/b~c":1}              | /a~1b~0c
        """)
    void eachMistakeHasItsPointer(String parameters, String pointer) {
        List<FieldError> errors = errors(WORDS, parameters);

        assertThat(errors.stream().map(FieldError::pointer))
                .containsExactlyElementsOf(pointer == null ? List.of() : List.of(pointer));
    }

    @Test
    void theMessageNamesTheValueAndWhatBelongsThere() {
        assertThat(errors(WORDS, "{\"words\":[],\"most\":10}").getFirst().detail())
                .contains("is 10", "9");
        assertThat(errors(WORDS, "{\"words\":[],\"wrods\":1}").getFirst().detail())
                .isEqualTo("is not a parameter of this judge; it has words, most, form, nested");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"type\":\"objct\"}", "{\"properties\":7}", "{\"properties\":{\"a\":{\"minimum\":\"x\"}}}"})
    void whatIsNoSchemaIsTold(String schema) {
        assertThat(SchemaCheck.objection(map(schema))).isNotBlank();
    }

    @Test
    void aSoundSchemaIsNotObjectedTo() {
        assertThat(SchemaCheck.objection(map(WORDS))).isNull();
        assertThat(SchemaCheck.objection(map("{}"))).isNull();
    }

    @Test
    void nothingIsFetchedThatASchemaRefersTo() throws Exception {
        try (ServerSocket elsewhere = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            elsewhere.setSoTimeout(300);
            String schema = "{\"$ref\":\"http://127.0.0.1:" + elsewhere.getLocalPort() + "/schema.json\"}";

            assertThat(SchemaCheck.objection(map(schema))).isNotBlank();
            assertThat(SchemaCheck.objection(map("{\"$ref\":\"file:///etc/passwd\"}")))
                    .isNotBlank();
            assertThat(SchemaCheck.objection(map("{\"$ref\":\"classpath:/application.yml\"}")))
                    .isNotBlank();
            assertThat(org.assertj.core.api.Assertions.catchThrowable(elsewhere::accept))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    @Timeout(30)
    void aSchemaThatTakesForEverIsLeftToTheJudge() {
        String backtracks = "{\"properties\":{\"a\":{\"pattern\":\".*.*.*.*.*.*b\"}}}";
        assertThat(errors(backtracks, "{\"a\":\"" + "a".repeat(5_000) + "\"}")).isEmpty();

        assertThat(SchemaCheck.objection(map("{\"$ref\":\"#\"}"))).isNotBlank();
    }

    private static List<FieldError> errors(String schema, String parameters) {
        assertThat(SchemaCheck.objection(map(schema))).isNull();
        return SchemaCheck.of(map(schema)).errors(map(parameters));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(String json) {
        return JSON.readValue(json, Map.class);
    }
}
