package dev.tribunal.languagemodel.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.interpret.TemplateError.ErrorType;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.checkpoint.Companions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A checkpoint's chat template, a Jinja text with what transformers puts into its context. */
final class ChatTemplate {

    private static final Jinjava JINJAVA = jinjava();

    private final Path checkpoint;
    private final String template;
    private final Map<String, Object> specialTokens = new HashMap<>();

    private ChatTemplate(Path checkpoint, String template, JsonNode tokenizerConfiguration) {
        this.checkpoint = checkpoint;
        this.template = template;
        for (String token : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
            specialToken(tokenizerConfiguration, token).ifPresent(text -> specialTokens.put(token, text));
        }
    }

    /** From {@code chat_template.jinja}, which transformers prefers too, or from {@code tokenizer_config.json}. */
    static Optional<ChatTemplate> of(Path checkpoint, Companions companions) {
        JsonNode configuration = companions.json(Companions.TOKENIZER_CONFIGURATION);
        byte[] file = companions.files().get(Companions.CHAT_TEMPLATE);
        Optional<String> text = Optional.ofNullable(file)
                .map(content -> new String(content, UTF_8))
                .or(() -> text(configuration.path("chat_template")));
        return text.map(template -> new ChatTemplate(checkpoint, template, configuration));
    }

    /** One text, or several with names, of which {@code default} is for chats. */
    private static Optional<String> text(JsonNode templates) {
        if (templates.isString()) {
            return Optional.of(templates.stringValue());
        }
        for (JsonNode named : templates) {
            if (named.path("name").asString("").equals("default")) {
                return Optional.of(named.path("template").asString(""));
            }
        }
        return Optional.empty();
    }

    /** Written as a text, or as an object with its {@code content}. */
    static Optional<String> specialToken(JsonNode tokenizerConfiguration, String name) {
        JsonNode token = tokenizerConfiguration.path(name);
        JsonNode content = token.isObject() ? token.path("content") : token;
        return content.isString() ? Optional.of(content.stringValue()) : Optional.empty();
    }

    String render(List<ChatMessage> messages, boolean generationPrompt) {
        Map<String, Object> context = new HashMap<>(specialTokens);
        context.put("messages", messages.stream().map(ChatTemplate::fields).toList());
        context.put("add_generation_prompt", generationPrompt);
        RenderResult result = JINJAVA.renderForResult(template, context);
        String errors = result.getErrors().stream()
                .filter(error -> error.getSeverity() == ErrorType.FATAL)
                .map(ChatTemplate::message)
                .collect(Collectors.joining("; "));
        if (!errors.isEmpty()) {
            throw new CheckpointException(checkpoint, "the chat template of " + checkpoint + " fails: " + errors);
        }
        return result.getOutput();
    }

    /** Down to what a template itself says when it refuses. */
    private static String message(TemplateError error) {
        Throwable cause = error.getException();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof Refusal ? cause.getMessage() : error.getMessage();
    }

    private static Map<String, Object> fields(ChatMessage message) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("role", message.role());
        fields.put("content", message.content());
        return fields;
    }

    private static Jinjava jinjava() {
        // As transformers sets Jinja up, and as near to Python as Jinjava can come.
        Jinjava jinjava = new Jinjava(JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withNestedInterpretationEnabled(false)
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withParseWhitespaceControlStrictly(true)
                        .withUseTrimmingForNotesAndExpressions(true)
                        .build())
                .build());
        jinjava.getGlobalContext()
                .registerFunction(new ELFunctionDefinition(
                        "", "raise_exception", ChatTemplate.class, "raiseException", String.class));
        return jinjava;
    }

    /** Templates call it to refuse a conversation. */
    public static Object raiseException(String message) {
        throw new Refusal(message);
    }

    private static final class Refusal extends RuntimeException {
        Refusal(String message) {
            super(message);
        }
    }
}
