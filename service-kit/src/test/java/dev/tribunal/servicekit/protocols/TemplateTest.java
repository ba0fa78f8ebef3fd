package dev.tribunal.servicekit.protocols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.protocols.Template.NoSuchVariable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class TemplateTest {

    private static final JsonNode VARIABLES = Template.variables(new ScoredItem(
            List.of(
                    new Message("system", "Be brief."),
                    Message.user("first"),
                    new Message("assistant", "1"),
                    Message.user("second")),
            "{\"city\": {\"name\": \"Rome\"}, \"n\": [1, 2]}",
            Map.of("answer", 4, "both", "reference's"),
            Map.of("both", "metadata's", "list", List.of("a", Map.of("b", true)), "prompt", "the data's")));

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
        no placeholder { or } at all; no placeholder { or } at all
        {{item.answer}}; 4
        {{ item.both }}/{{item.metadata.both}}; reference's/metadata's
        {{item.list[1].b}}{{item.list[0]}}; truea
        {{item.list}}; ["a",{"b":true}]
        {{item.prompt}}; second
        {{item.metadata.prompt}}; the data's
        {{sample.output_json.city.name}} {{sample.output_json.n[1]}}; Rome 2
        """)
    void placeholdersAreFilledIn(String template, String expected) throws NoSuchVariable {
        assertThat(Template.of(template).render(VARIABLES)).isEqualTo(expected);
    }

    @Test
    void aTranscriptHasALineForEachMessage() throws NoSuchVariable {
        assertThat(Template.of("{{item.transcript}}").render(VARIABLES))
                .isEqualTo("system: Be brief.\nuser: first\nassistant: 1\nuser: second");
    }

    @Test
    void whatIsFilledInIsNotLookedIntoAgain() throws NoSuchVariable {
        JsonNode variables =
                Template.variables(new ScoredItem(List.of(), "{{item.secret}}", Map.of("secret", "hush"), Map.of()));

        assertThat(Template.of("<{{sample.output_text}}>").render(variables)).isEqualTo("<{{item.secret}}>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{item.nothing}}", "{{item.list[2]}}", "{{item.answer.of}}"})
    void whatAnItemLacksIsSaid(String template) {
        assertThatThrownBy(() -> Template.of(template).render(VARIABLES))
                .isInstanceOf(NoSuchVariable.class)
                .hasMessageContaining(template);
    }

    @Test
    void aCompletionThatIsNoJsonHasNoOutputJson() {
        JsonNode variables = Template.variables(new ScoredItem(List.of(), "[1, 2", Map.of(), Map.of()));

        assertThatThrownBy(() -> Template.of("{{sample.output_json[0]}}").render(variables))
                .isInstanceOf(NoSuchVariable.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{}}",
                "{{item}}",
                "{{answer}}",
                "{{item.}}",
                "{{item.a b}}",
                "{{item.a[x]}}",
                "{{sample.choices}}"
            })
    void aWrongPlaceholderIsRefused(String template) {
        assertThatThrownBy(() -> Template.of("x " + template))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("{{");
    }

    @Test
    void aServersMistakesAreAllNamed() {
        assertThat(ScoringClient.errors(new ScoringServer.OpenRlhf("{{x}}", null, "{{y}}")))
                .extracting(FieldError::pointer)
                .containsExactly("/query", "/label");
        assertThat(ScoringClient.errors(new ScoringServer.NemoGym(Map.of("response", "{{item.a}}"))))
                .extracting(FieldError::pointer)
                .containsExactly("/fields/response");
        assertThat(InputReader.read(ScoringServer.class, Map.of("type", "vllm-classify", "classIndex", -1))
                        .mistakes())
                .extracting(FieldError::pointer)
                .containsExactly("/classIndex");
        assertThat(ScoringClient.errors(new ScoringServer.TeiRerank(null, null, null, null)))
                .isEmpty();
    }
}
