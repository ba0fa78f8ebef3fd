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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
            assertThat(tokenizer.encodeWithSpecialTokens("<|user|>a"))
                    .hasSize(2)
                    .startsWith(1);
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
    void everyTokenThatAnyFileListsEndsACompletion() throws Exception {
        requireEnds(Map.of(), 0);
        requireEnds(Map.of(Companions.CONFIGURATION, "{\"eos_token_id\": 3}"), 3, 0);
        requireEnds(Map.of(Companions.CONFIGURATION, "{\"eos_token_id\": [3, 0, -1, null]}"), 3, 0);
        requireEnds(
                Map.of(
                        Companions.CONFIGURATION,
                        "{\"eos_token_id\": [3, 2]}",
                        Companions.GENERATION,
                        "{\"eos_token_id\": 2}"),
                2,
                3,
                0);
        requireEnds(
                Map.of(
                        Companions.TOKENIZER_CONFIGURATION,
                        "{\"eos_token\": {\"content\": \"<|user|>\"}}",
                        Companions.GENERATION,
                        "{\"eos_token_id\": 2}"),
                2,
                1);
        requireEnds(
                Map.of(
                        Companions.TOKENIZER_CONFIGURATION,
                        "{}",
                        Companions.SPECIAL_TOKENS,
                        "{\"eos_token\": \"<|user|>\"}"),
                1);
        assertThatThrownBy(() -> tokenizer(Map.of(Companions.TOKENIZER_CONFIGURATION, "{}")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("does not say which token ends a text");
    }

    /** Templates as checkpoints have them, with this tokenizer's four special tokens. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '"',
            value = {
                // Llama 3, Qwen, Zephyr, Gemma: the turn ends with a token, a line break after or before it.
                "{% for m in messages %}<~user~>{{ m.content | trim }}<~end~>{% endfor %} @ 0",
                "{% for m in messages %}<~user~>{{ m.role }}\\n{{ m.content }}<~end~>\\n{% endfor %} @ 0",
                "{% for m in messages %}<~user~>{{ m.content }}\\n <~end~>{% endfor %} @ 0",
                // Mistral, Llama 2: only an assistant's turn has an end, and the flag is not asked.
                "{% for m in messages %}{{ m.content if m.role == 'user' else m.content + '<~end~>' }}{% endfor %} @ 0",
                // Another token than any file lists, and two in a row.
                "{% for m in messages %}{{ m.content }}<~assistant~><~end~>{% endfor %} @ 2",
                // What opens the next turn, flag or not, ends none.
                "{% for m in messages %}{{ m.content }} {% endfor %}<~assistant~> @ none",
                "{% for m in messages %}{{ m.content }}<~end~>{% endfor %}<~assistant~> @ 0",
                // A text, nothing, an answer that is not written, one that fails, one that cannot be read.
                "{% for m in messages %}{{ m.content }} END {% endfor %} @ none",
                "{% for m in messages %}{{ m.content }}{% endfor %} @ none",
                "{{ messages[0].content }}<~end~> @ none",
                "{{ raise_exception('no') }} @ none",
                "{% for %} @ none"
            })
    void aTurnEndsWithWhatTheTemplateWritesAfterTheAssistant(String template, String end) throws Exception {
        String configuration = "{\"chat_template\": \"%s\"}".formatted(template.replace('~', '|'));
        Map<String, String> files = Map.of(
                Companions.TOKENIZER_CONFIGURATION, configuration, Companions.GENERATION, "{\"eos_token_id\": 3}");
        try (HuggingFaceChatTokenizer tokenizer = tokenizer(files)) {
            if (end.equals("none")) {
                assertThat(tokenizer.endOfSequenceIds()).containsExactly(3);
                assertThat(tokenizer.endOfTurnId()).isEqualTo(3);
                assertThat(tokenizer.unlistedTurnEnd()).isEmpty();
            } else {
                assertThat(tokenizer.endOfSequenceIds()).containsExactly(3, Integer.parseInt(end));
                assertThat(tokenizer.endOfTurnId()).isEqualTo(Integer.parseInt(end));
                assertThat(tokenizer.unlistedTurnEnd()).contains(end.equals("0") ? "<|end|>" : "<|assistant|>");
            }
        }
    }

    @Test
    void aTurnEndThatAFileListsIsNothingToTell() throws Exception {
        for (Map<String, String> files : List.of(
                Map.<String, String>of(),
                Map.of(Companions.CONFIGURATION, "{\"eos_token_id\": [3, 0]}"),
                Map.of(Companions.GENERATION, "{\"eos_token_id\": 3}"))) {
            try (HuggingFaceChatTokenizer tokenizer = tokenizer(files)) {
                assertThat(tokenizer.endOfTurnId()).isZero();
                assertThat(tokenizer.unlistedTurnEnd()).isEmpty();
            }
        }
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
