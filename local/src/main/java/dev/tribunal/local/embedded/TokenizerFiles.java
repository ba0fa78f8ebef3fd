package dev.tribunal.local.embedded;

import dev.tribunal.local.embedded.BytePairTrainer.BytePairs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Writes a learned vocabulary as Hugging Face's {@code tokenizer.json} and {@code tokenizer_config.json}. */
final class TokenizerFiles {

    static final List<String> SPECIAL_TOKENS = List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");

    /** ChatML. */
    private static final String CHAT_TEMPLATE = "{% for message in messages %}"
            + "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
            + "{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private static final int LONGEST_INPUT = 512;

    private TokenizerFiles() {}

    static void write(BytePairs bytePairs, Path directory) throws IOException {
        Files.createDirectories(directory);
        var json = JsonMapper.builder().build().writerWithDefaultPrettyPrinter();
        Files.writeString(directory.resolve("tokenizer.json"), json.writeValueAsString(tokenizer(bytePairs)) + "\n");
        Files.writeString(
                directory.resolve("tokenizer_config.json"), json.writeValueAsString(configuration()) + "\n");
    }

    private static Map<String, Object> tokenizer(BytePairs bytePairs) {
        var tokenizer = new LinkedHashMap<String, Object>();
        tokenizer.put("version", "1.0");
        tokenizer.put("truncation", null);
        tokenizer.put("padding", null);
        tokenizer.put("added_tokens", addedTokens());
        tokenizer.put("normalizer", null);
        tokenizer.put(
                "pre_tokenizer",
                ordered("type", "Sequence", "pretokenizers", List.of(
                        ordered("type", "Digits", "individual_digits", true),
                        byteLevel(false))));
        tokenizer.put("post_processor", null);
        tokenizer.put("decoder", byteLevel(true));
        tokenizer.put("model", ordered(
                "type", "BPE",
                "dropout", null,
                "unk_token", null,
                "continuing_subword_prefix", null,
                "end_of_word_suffix", null,
                "fuse_unk", false,
                "byte_fallback", false,
                "vocab", bytePairs.vocabulary(),
                "merges", bytePairs.merges().stream().map(pair -> pair.left() + " " + pair.right()).toList()));
        return tokenizer;
    }

    private static List<Map<String, Object>> addedTokens() {
        var tokens = new ArrayList<Map<String, Object>>();
        for (String token : SPECIAL_TOKENS) {
            tokens.add(ordered(
                    "id", tokens.size(),
                    "content", token,
                    "single_word", false,
                    "lstrip", false,
                    "rstrip", false,
                    "normalized", false,
                    "special", true));
        }
        return tokens;
    }

    private static Map<String, Object> byteLevel(boolean addPrefixSpace) {
        return ordered(
                "type", "ByteLevel", "add_prefix_space", addPrefixSpace, "trim_offsets", true, "use_regex", true);
    }

    private static Map<String, Object> configuration() {
        return ordered(
                "tokenizer_class", "PreTrainedTokenizerFast",
                "bos_token", null,
                "eos_token", "<|im_end|>",
                "pad_token", "<|endoftext|>",
                "unk_token", null,
                "clean_up_tokenization_spaces", false,
                "model_max_length", LONGEST_INPUT,
                "chat_template", CHAT_TEMPLATE);
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
