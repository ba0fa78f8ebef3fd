package dev.tribunal.embedded;

import dev.tribunal.embedded.BytePairTrainer.BytePairs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes a learned vocabulary as Hugging Face's {@code tokenizer.json} and {@code tokenizer_config.json}. */
final class TokenizerFiles {

    static final List<String> SPECIAL_TOKENS = List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");

    /** ChatML. */
    private static final String CHAT_TEMPLATE = "{% for message in messages %}"
            + "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
            + "{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    static final int LONGEST_INPUT = 2048;

    private TokenizerFiles() {}

    static void write(BytePairs bytePairs, Path directory) throws IOException {
        Json.writePretty(directory.resolve("tokenizer.json"), tokenizer(bytePairs));
        Json.writePretty(directory.resolve("tokenizer_config.json"), configuration());
    }

    private static Map<String, Object> tokenizer(BytePairs bytePairs) {
        return Json.line(
                "version", "1.0",
                "added_tokens", addedTokens(),
                "pre_tokenizer",
                        Json.line(
                                "type",
                                "Sequence",
                                "pretokenizers",
                                List.of(Json.line("type", "Digits", "individual_digits", true), byteLevel(false))),
                "decoder", byteLevel(true),
                "model",
                        Json.line(
                                "type",
                                "BPE",
                                "fuse_unk",
                                false,
                                "byte_fallback",
                                false,
                                "vocab",
                                bytePairs.vocabulary(),
                                "merges",
                                bytePairs.merges().stream()
                                        .map(pair -> pair.left() + " " + pair.right())
                                        .toList()));
    }

    private static List<Map<String, Object>> addedTokens() {
        var tokens = new ArrayList<Map<String, Object>>();
        for (String token : SPECIAL_TOKENS) {
            tokens.add(Json.line(
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
        return Json.line(
                "type", "ByteLevel", "add_prefix_space", addPrefixSpace, "trim_offsets", true, "use_regex", true);
    }

    private static Map<String, Object> configuration() {
        return Json.line(
                "tokenizer_class",
                "PreTrainedTokenizerFast",
                "eos_token",
                "<|im_end|>",
                "pad_token",
                "<|endoftext|>",
                "clean_up_tokenization_spaces",
                false,
                "model_max_length",
                LONGEST_INPUT,
                "chat_template",
                CHAT_TEMPLATE);
    }
}
