package dev.tribunal.languagemodel.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tribunal.chattemplate.Template;
import dev.tribunal.chattemplate.TemplateException;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.checkpoint.Companions;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A checkpoint's chat template, a Jinja text with what transformers puts into its context. */
final class ChatTemplate {

    private static final List<String> SPECIAL_TOKENS =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private final Path checkpoint;
    private final String text;
    private final Map<String, String> specialTokens;
    private @Nullable Template parsed;

    private ChatTemplate(Path checkpoint, String text, Map<String, String> specialTokens) {
        this.checkpoint = checkpoint;
        this.text = text;
        this.specialTokens = specialTokens;
    }

    /**
     * The template for chats without tools, from where transformers takes it: {@code chat_template.jinja} and the files
     * of {@code additional_chat_templates}, or else {@code tokenizer_config.json}. Of several it is the one that is
     * named {@code default}.
     */
    static Optional<ChatTemplate> of(Path checkpoint, Companions companions) {
        JsonNode configuration = companions.json(Companions.TOKENIZER_CONFIGURATION);
        Map<String, String> templates = files(companions);
        if (templates.isEmpty()) {
            templates = templates(configuration.path("chat_template"));
        }
        return Optional.ofNullable(templates.get("default"))
                .map(template -> new ChatTemplate(checkpoint, template, specialTokens(companions)));
    }

    private static Map<String, String> files(Companions companions) {
        Map<String, String> templates = new TreeMap<>();
        companions.files().forEach((file, content) -> {
            if (file.startsWith(Companions.ADDITIONAL_CHAT_TEMPLATES)) {
                String name = file.substring(Companions.ADDITIONAL_CHAT_TEMPLATES.length());
                templates.put(name.substring(0, name.length() - ".jinja".length()), new String(content, UTF_8));
            }
        });
        byte[] plain = companions.files().get(Companions.CHAT_TEMPLATE);
        if (plain != null) {
            templates.putIfAbsent("default", new String(plain, UTF_8));
        }
        return templates;
    }

    /** One text, or several with names. */
    private static Map<String, String> templates(JsonNode written) {
        if (written.isString()) {
            return Map.of("default", written.stringValue());
        }
        Map<String, String> templates = new TreeMap<>();
        for (JsonNode named : written) {
            templates.put(
                    named.path("name").asString(""), named.path("template").asString(""));
        }
        return templates;
    }

    /** Those of older checkpoints are in {@code special_tokens_map.json}. */
    static Map<String, String> specialTokens(Companions companions) {
        JsonNode configuration = companions.json(Companions.TOKENIZER_CONFIGURATION);
        JsonNode older = companions.json(Companions.SPECIAL_TOKENS);
        Map<String, String> tokens = new HashMap<>();
        for (String name : SPECIAL_TOKENS) {
            boolean fromOlder = !configuration.has("added_tokens_decoder") && older.has(name);
            specialToken(fromOlder ? older : configuration, name).ifPresent(token -> tokens.put(name, token));
        }
        return tokens;
    }

    /** Written as a text, or as an object with its {@code content}. */
    private static Optional<String> specialToken(JsonNode tokenizerConfiguration, String name) {
        JsonNode token = tokenizerConfiguration.path(name);
        JsonNode content = token.isObject() ? token.path("content") : token;
        return content.isString() ? Optional.of(content.stringValue()) : Optional.empty();
    }

    /** @param now what the template takes for the time, should it write the date */
    String render(List<ChatMessage> messages, boolean generationPrompt, Supplier<LocalDateTime> now) {
        if (messages.isEmpty()) {
            throw new CheckpointException(checkpoint, "a conversation without messages cannot be rendered");
        }
        Map<String, Object> variables = new HashMap<>(specialTokens);
        variables.put("messages", messages.stream().map(ChatTemplate::fields).toList());
        variables.put("add_generation_prompt", generationPrompt);
        variables.put("tools", null);
        variables.put("documents", null);
        try {
            return parsed().render(variables, now);
        } catch (TemplateException failed) {
            throw new CheckpointException(
                    checkpoint,
                    failed.isRefusal()
                            ? "the chat template of " + checkpoint + " refuses the conversation: " + failed.getMessage()
                                    + "; give it other roles, or in another order"
                            : "the chat template of " + checkpoint + " fails: " + failed.getMessage()
                                    + "; put one that works into " + checkpoint.resolve(Companions.CHAT_TEMPLATE),
                    failed);
        }
    }

    /** Parsed when first used: a template that cannot be read hurts nobody who renders no chats. */
    private synchronized Template parsed() {
        if (parsed == null) {
            parsed = Template.parse(text);
        }
        return parsed;
    }

    private static Map<String, Object> fields(ChatMessage message) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("role", message.role());
        fields.put("content", message.content());
        return fields;
    }
}
