package dev.tribunal.languagemodel.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.checkpoint.Companions;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What is expected here is what Python's Jinja makes of the same templates, set up as transformers does. */
class ChatTemplateTest {

    private static final List<ChatMessage> CONVERSATION = List.of(
            new ChatMessage("system", " Be brief. "), ChatMessage.user("Hi {{ you }}\n"), ChatMessage.assistant("Ho"));

    private static LocalDateTime now() {
        return LocalDateTime.of(2024, 7, 26, 13, 5, 9);
    }

    @Test
    void aTemplateOnOneLine() {
        String template = "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
                + "{{ '<s>none\n' }}{% endif %}"
                + "{{'<' + message['role'] + '>\n' + message['content'] + '\n'}}{% endfor %}"
                + "{% if add_generation_prompt %}{{ '<assistant>\n' }}{% endif %}";
        assertThat(render(template, CONVERSATION, true))
                .isEqualTo("<system>\n Be brief. \n<user>\nHi {{ you }}\n\n<assistant>\nHo\n<assistant>\n");
        assertThat(render(template, List.of(ChatMessage.user("Hi")), false)).isEqualTo("<s>none\n<user>\nHi\n");
    }

    @Test
    void aTemplateOnManyLinesWithTrimmingVariablesAndSpecialTokens() {
        String template = """
                {{- bos_token }}
                {%- if messages[0]['role'] == 'system' %}
                    {%- set system_message = messages[0]['content'] | trim %}
                    {%- set messages = messages[1:] %}
                {%- else %}
                    {%- set system_message = '' %}
                {%- endif %}
                {{- '[system]' + system_message + eos_token }}
                {%- for message in messages %}
                    {{- '[' + message['role'] + ']' + message['content'] | trim + eos_token }}
                {%- endfor %}
                {%- if add_generation_prompt %}
                    {{- '[assistant]' }}
                {%- endif %}
                """;
        assertThat(render(template, CONVERSATION, true))
                .isEqualTo("<b>[system]Be brief.<e>[user]Hi {{ you }}<e>[assistant]Ho<e>[assistant]");
        assertThat(render(template, List.of(ChatMessage.user("a")), false)).isEqualTo("<b>[system]<e>[user]a<e>");
    }

    @Test
    void aTemplateMayRefuseAConversation() {
        String template =
                "{% if messages[0]['role'] != 'user' %}{{ raise_exception('start with the user') }}{% endif %}" + "ok";
        assertThat(render(template, List.of(ChatMessage.user("a")), false)).isEqualTo("ok");
        assertThatThrownBy(() -> render(template, CONVERSATION, false))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("the chat template of here refuses the conversation: start with the user (line 1); "
                        + "give it other roles, or in another order");
    }

    @Test
    void aTemplateThatCannotBeReadSaysWhere() {
        assertThatThrownBy(() -> render("{% for m in messages %}\n{{ m.role }}", CONVERSATION, false))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("the chat template of here fails: line 2: the template ends before "
                        + "else or endfor; put one that works into here/chat_template.jinja");
        assertThatThrownBy(() -> render("{{ messages[0].name.first }}", CONVERSATION, false))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("line 1: 'dict object' has no attribute 'name'");
        assertThatThrownBy(() -> render("", List.of(), false))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("without messages");
    }

    @Test
    void theFileComesBeforeTheConfiguration() {
        Map<String, byte[]> files = Map.of(Companions.TOKENIZER_CONFIGURATION, """
                {"chat_template": [{"name": "tool_use", "template": "t"}, {"name": "default", "template": "d"}]}
                """.getBytes(UTF_8));
        assertThat(ChatTemplate.of(Path.of("here"), new Companions(files))
                        .orElseThrow()
                        .render(CONVERSATION, false, ChatTemplateTest::now))
                .isEqualTo("d");
        Map<String, byte[]> both = Map.of(
                Companions.TOKENIZER_CONFIGURATION, files.get(Companions.TOKENIZER_CONFIGURATION),
                Companions.CHAT_TEMPLATE, "f".getBytes(UTF_8));
        assertThat(ChatTemplate.of(Path.of("here"), new Companions(both))
                        .orElseThrow()
                        .render(CONVERSATION, false, ChatTemplateTest::now))
                .isEqualTo("f");
        assertThat(ChatTemplate.of(Path.of("here"), new Companions(Map.of()))).isEmpty();
    }

    @Test
    void templatesWithNamesInFilesComeBeforeTheConfiguration() {
        byte[] configuration = "{\"chat_template\": \"c\"}".getBytes(UTF_8);
        Map<String, byte[]> files = Map.of(
                Companions.TOKENIZER_CONFIGURATION,
                configuration,
                Companions.ADDITIONAL_CHAT_TEMPLATES + "rag.jinja",
                "r".getBytes(UTF_8),
                Companions.CHAT_TEMPLATE,
                "f".getBytes(UTF_8));
        assertThat(ChatTemplate.of(Path.of("here"), new Companions(files))
                        .orElseThrow()
                        .render(CONVERSATION, false, ChatTemplateTest::now))
                .isEqualTo("f");
        Map<String, byte[]> noDefault = Map.of(
                Companions.TOKENIZER_CONFIGURATION,
                configuration,
                Companions.ADDITIONAL_CHAT_TEMPLATES + "rag.jinja",
                "r".getBytes(UTF_8));
        assertThat(ChatTemplate.of(Path.of("here"), new Companions(noDefault))).isEmpty();
    }

    @Test
    void specialTokensOfOlderCheckpointsAreInAFileOfTheirOwn() {
        Map<String, byte[]> files = Map.of(
                Companions.TOKENIZER_CONFIGURATION,
                "{\"bos_token\": \"<c>\", \"eos_token\": null}".getBytes(UTF_8),
                Companions.SPECIAL_TOKENS,
                "{\"bos_token\": {\"content\": \"<b>\"}}".getBytes(UTF_8),
                Companions.CHAT_TEMPLATE,
                "{{ bos_token }}{{ eos_token is defined }}".getBytes(UTF_8));
        assertThat(ChatTemplate.of(Path.of("here"), new Companions(files))
                        .orElseThrow()
                        .render(CONVERSATION, false, ChatTemplateTest::now))
                .isEqualTo("<b>False");
    }

    private static String render(String template, List<ChatMessage> messages, boolean generationPrompt) {
        var configuration = new JsonMapper()
                .createObjectNode()
                .put("chat_template", template)
                .put("bos_token", "<b>");
        configuration.putObject("eos_token").put("content", "<e>");
        Companions companions = new Companions(Map.of(
                Companions.TOKENIZER_CONFIGURATION, configuration.toString().getBytes(UTF_8)));
        return ChatTemplate.of(Path.of("here"), companions)
                .orElseThrow()
                .render(messages, generationPrompt, ChatTemplateTest::now);
    }
}
