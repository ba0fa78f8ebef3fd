package dev.tribunal.languagemodel.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.languagemodel.checkpoint.Companions;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Texts of many scripts, with added tokens in them, against transformers ({@code src/test/python/encodings.py}). */
class SmolLm2EncodingsTest {

    private static final Path DIRECTORY =
            Path.of(System.getProperty("user.home"), ".cache", "tribunal-models", "SmolLM2-135M-Instruct");

    @Test
    void textsAreEncodedAndDecodedAsByTransformers() throws Exception {
        assumeTrue(Files.isDirectory(DIRECTORY), "the checkpoint is here, or not");
        JsonNode golden;
        try (InputStream content = SmolLm2EncodingsTest.class.getResourceAsStream("../smollm2-encodings.json")) {
            golden = new JsonMapper().readTree(content);
        }
        try (var tokenizer = HuggingFaceChatTokenizer.of(DIRECTORY, Companions.readTokenizer(DIRECTORY))) {
            for (JsonNode item : golden.path("cases")) {
                int[] ids =
                        item.path("ids").valueStream().mapToInt(JsonNode::asInt).toArray();
                assertThat(tokenizer.encode(item.path("text").stringValue())).containsExactly(ids);
                assertThat(tokenizer.decode(ids)).isEqualTo(item.path("decoded").stringValue());
            }
        }
    }
}
