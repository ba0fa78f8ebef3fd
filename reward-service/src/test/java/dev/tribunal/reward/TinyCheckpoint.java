package dev.tribunal.reward;

import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.local.LocalEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A real checkpoint with random weights: one layer, a token a word, 32 positions. */
public final class TinyCheckpoint {

    public static final List<String> NICE = List.of("thanks", "gladly", "kindly", "welcome");
    public static final List<String> RUDE = List.of("no", "never", "nonsense", "whatever");
    public static final List<String> NEUTRAL =
            List.of("the", "a", "train", "house", "river", "runs", "stands", "today", "here");
    static final int POSITIONS = 32;

    private static final String TEMPLATE =
            "{% for m in messages %}<{{ m['role'] }}> {{ m['content'] }} <end> {% endfor %}";

    private TinyCheckpoint() {}

    public static void write(Path directory) throws IOException {
        Path tokenizer = Files.createTempDirectory("tokenizer");
        int size = writeTokenizer(tokenizer);
        new LocalEngine()
                .initialize(
                        new ModelConfiguration("llama", size, 16, 32, 1, 2, 1, 8, POSITIONS, 1e-5, 10000, true),
                        tokenizer,
                        7,
                        directory);
    }

    private static int writeTokenizer(Path directory) throws IOException {
        List<String> special = List.of("<unk>", "<end>", "<system>", "<user>", "<assistant>");
        List<String> words = new ArrayList<>(special);
        words.addAll(NICE);
        words.addAll(RUDE);
        words.addAll(NEUTRAL);
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        words.forEach(word -> vocabulary.put(word, vocabulary.size()));
        var json = new JsonMapper();
        Files.writeString(
                directory.resolve("tokenizer.json"),
                json.writeValueAsString(Map.of(
                        "version", "1.0",
                        "added_tokens",
                                special.stream()
                                        .map(token -> added(token, vocabulary.get(token)))
                                        .toList(),
                        "pre_tokenizer", Map.of("type", "WhitespaceSplit"),
                        "model", Map.of("type", "WordLevel", "vocab", vocabulary, "unk_token", "<unk>"))));
        Files.writeString(
                directory.resolve("tokenizer_config.json"),
                json.writeValueAsString(Map.of("chat_template", TEMPLATE, "eos_token", "<end>")));
        return vocabulary.size();
    }

    private static Map<String, Object> added(String token, int id) {
        return Map.of(
                "id",
                id,
                "content",
                token,
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
