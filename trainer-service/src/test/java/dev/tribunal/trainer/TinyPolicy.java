package dev.tribunal.trainer;

import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.local.LocalEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A real checkpoint with random weights: one layer, a few words, 32 positions. */
public final class TinyPolicy {

    static final int POSITIONS = 32;

    private static final String TEMPLATE =
            "{% for m in messages %}<user> {{ m['content'] }} <end> {% endfor %}<assistant> ";

    private TinyPolicy() {}

    public static void write(Path directory, boolean chatTemplate) throws IOException {
        write(directory, chatTemplate, 1);
    }

    public static void write(Path directory, boolean chatTemplate, int layers) throws IOException {
        Path tokenizer = Files.createTempDirectory(directory.getParent(), "tokenizer");
        JsonMapper json = new JsonMapper();
        Map<String, Integer> vocabulary =
                Map.of("<unk>", 0, "<end>", 1, "<user>", 2, "<assistant>", 3, "yes", 4, "no", 5);
        Files.writeString(
                tokenizer.resolve("tokenizer.json"),
                json.writeValueAsString(Map.of(
                        "version", "1.0",
                        "added_tokens", List.of(special("<end>", 1), special("<user>", 2), special("<assistant>", 3)),
                        "pre_tokenizer", Map.of("type", "WhitespaceSplit"),
                        "model", Map.of("type", "WordLevel", "vocab", vocabulary, "unk_token", "<unk>"))));
        Files.writeString(
                tokenizer.resolve("tokenizer_config.json"),
                json.writeValueAsString(
                        chatTemplate
                                ? Map.of("chat_template", TEMPLATE, "eos_token", "<end>")
                                : Map.of("eos_token", "<end>")));
        new LocalEngine()
                .initialize(
                        new ModelConfiguration(
                                "llama", vocabulary.size(), 16, 32, layers, 2, 1, 8, POSITIONS, 1e-5, 10000, true),
                        tokenizer,
                        7,
                        directory);
    }

    private static Map<String, Object> special(String content, int id) {
        return Map.of(
                "id",
                id,
                "content",
                content,
                "special",
                true,
                "single_word",
                false,
                "lstrip",
                true,
                "rstrip",
                true,
                "normalized",
                false);
    }
}
