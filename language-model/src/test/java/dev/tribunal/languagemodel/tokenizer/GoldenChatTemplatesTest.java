package dev.tribunal.languagemodel.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.checkpoint.Companions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Templates that use every construct, against what transformers rendered with them
 * ({@code src/test/python/chat_templates.py}).
 */
class GoldenChatTemplatesTest {

    private static final JsonNode GOLDEN = new JsonMapper().readTree(resource("expected.json"));
    private static final byte[] TOKENS =
            "{\"bos_token\": \"<b>\", \"eos_token\": {\"content\": \"<e>\"}, \"unk_token\": \"<u>\"}"
                    .getBytes(StandardCharsets.UTF_8);

    static Stream<String> templates() {
        return GOLDEN.path("templates").propertyStream().map(Map.Entry::getKey);
    }

    @ParameterizedTest
    @MethodSource("templates")
    void conversationsAreRenderedAsByTransformers(String name) {
        ChatTemplate template = ChatTemplate.of(
                        Path.of("here"),
                        new Companions(Map.of(
                                Companions.CHAT_TEMPLATE,
                                resource(name + ".jinja"),
                                Companions.TOKENIZER_CONFIGURATION,
                                TOKENS)))
                .orElseThrow();
        LocalDateTime now = LocalDateTime.parse(GOLDEN.path("now").stringValue());
        for (JsonNode item : GOLDEN.path("templates").path(name)) {
            List<ChatMessage> messages = messages(item.path("conversation").asInt());
            boolean prompt = item.path("generationPrompt").asBoolean();
            if (item.has("text")) {
                assertThat(template.render(messages, prompt, () -> now))
                        .isEqualTo(item.path("text").stringValue());
            } else {
                String start = item.has("refusal") ? "here refuses the conversation: " : "here fails: line ";
                String said =
                        item.path(item.has("refusal") ? "refusal" : "error").stringValue();
                assertThatThrownBy(() -> template.render(messages, prompt, () -> now))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining(start)
                        .hasMessageContaining(said);
            }
        }
    }

    private static List<ChatMessage> messages(int conversation) {
        return GOLDEN.path("conversations")
                .path(conversation)
                .valueStream()
                .map(message -> new ChatMessage(
                        message.path("role").stringValue(),
                        message.path("content").stringValue()))
                .toList();
    }

    private static byte[] resource(String name) {
        try (InputStream content = GoldenChatTemplatesTest.class.getResourceAsStream("../chat-templates/" + name)) {
            return content.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
