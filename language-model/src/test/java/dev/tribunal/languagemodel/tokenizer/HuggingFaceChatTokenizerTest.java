package dev.tribunal.languagemodel.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.checkpoint.Companions;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HuggingFaceChatTokenizerTest {

    @Test
    void everyTextComesBack() throws Exception {
        try (HuggingFaceChatTokenizer tokenizer = tokenizer(Map.of())) {
            for (String text : List.of("", " ", "a\n\n  b\t", "naïve 你好 🙂", "don't ,x .")) {
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            }
            assertThat(tokenizer.vocabularySize()).isEqualTo(260);
        }
    }

    @Test
    void specialTokensAreRecognisedInATextAndLeftOutOfIt() throws Exception {
        try (HuggingFaceChatTokenizer tokenizer = tokenizer(Map.of())) {
            int[] ids = tokenizer.encode("<|user|>a<|end|>");
            assertThat(ids).hasSize(3).startsWith(1).endsWith(0);
            assertThat(tokenizer.decode(ids)).isEqualTo("a");
        }
    }

    @Test
    void aWholeTextGetsTheTokensThatTheTokenizerPutsAroundOneButNoneTwice() throws Exception {
        try (HuggingFaceChatTokenizer tokenizer = tokenizer(Map.of())) {
            assertThat(tokenizer.encodeWithSpecialTokens("aa")).isEqualTo(tokenizer.encode("aa"));
        }
        String begins = """
                "post_processor":{"type":"TemplateProcessing",
                  "single":[{"SpecialToken":{"id":"<|user|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
                  "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":0}}],
                  "special_tokens":{"<|user|>":{"id":"<|user|>","ids":[1],"tokens":["<|user|>"]}}}""";
        String changed = file(Companions.TOKENIZER).replaceFirst("\"post_processor\": *null", begins);
        try (HuggingFaceChatTokenizer tokenizer = tokenizer(Map.of(Companions.TOKENIZER, changed))) {
            assertThat(tokenizer.encode("a")).hasSize(1);
            assertThat(tokenizer.encodeWithSpecialTokens("a")).hasSize(2).startsWith(1);
            assertThat(tokenizer.encodeWithSpecialTokens("<|user|>a")).hasSize(2).startsWith(1);
            assertThat(tokenizer.encodeWithSpecialTokens("")).containsExactly(1);
        }
    }

    @Test
    void specialTokensAreTakenOutOfWhatSomebodyElseWrote() throws Exception {
        try (HuggingFaceChatTokenizer tokenizer = tokenizer(Map.of())) {
            assertThat(tokenizer.withoutSpecialTokens("a<|end|><|user|>b")).isEqualTo("ab");
            assertThat(tokenizer.withoutSpecialTokens("<|e<|end|>nd|>a <|end")).isEqualTo("a <|end");
        }
    }

    @Test
    void aConversationIsRenderedByTheTemplate() throws Exception {
        try (HuggingFaceChatTokenizer tokenizer = tokenizer(Map.of())) {
            List<ChatMessage> messages = List.of(ChatMessage.user(" hi "));
            assertThat(tokenizer.render(messages, true)).isEqualTo("<|user|>hi<|end|><|assistant|>");
            assertThat(tokenizer.encodePrompt(messages))
                    .hasSize(5)
                    .startsWith(1)
                    .endsWith(0, 2);
        }
        try (HuggingFaceChatTokenizer tokenizer =
                tokenizer(Map.of(Companions.TOKENIZER_CONFIGURATION, "{\"eos_token\":\"<|end|>\"}"))) {
            assertThat(tokenizer.hasChatTemplate()).isFalse();
            assertThatThrownBy(() -> tokenizer.render(List.of(ChatMessage.user("hi")), true))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("has no chat template");
        }
    }

    @Test
    void endTokensAreOneOrSeveralAndTheGenerationConfigurationSaysFirst() throws Exception {
        requireEnds(Map.of(), 0);
        requireEnds(Map.of(Companions.CONFIGURATION, "{\"eos_token_id\": 3}"), 3);
        requireEnds(
                Map.of(
                        Companions.CONFIGURATION,
                        "{\"eos_token_id\": 3}",
                        Companions.GENERATION,
                        "{\"eos_token_id\": [0, 2]}"),
                0,
                2);
        assertThatThrownBy(() -> tokenizer(Map.of(Companions.TOKENIZER_CONFIGURATION, "{}")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("does not say which token ends a text");
    }

    private static void requireEnds(Map<String, String> files, int... ends) throws Exception {
        try (HuggingFaceChatTokenizer tokenizer = tokenizer(files)) {
            assertThat(tokenizer.endOfSequenceIds()).containsExactly(ends);
        }
    }

    /** The byte tokenizer, with other files beside it or in place of its own. */
    private static HuggingFaceChatTokenizer tokenizer(Map<String, String> changed) throws Exception {
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : List.of(Companions.TOKENIZER, Companions.TOKENIZER_CONFIGURATION)) {
            files.put(name, file(name).getBytes(UTF_8));
        }
        changed.forEach((name, content) -> files.put(name, content.getBytes(UTF_8)));
        return HuggingFaceChatTokenizer.of(Path.of("here"), new Companions(files));
    }

    private static String file(String name) throws Exception {
        try (InputStream content =
                HuggingFaceChatTokenizerTest.class.getResourceAsStream("../byte-tokenizer/" + name)) {
            return new String(content.readAllBytes(), UTF_8);
        }
    }
}
