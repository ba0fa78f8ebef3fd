package dev.tribunal.trainer.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.ChatTokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptTokensTest {

    /** Makes a thousand tokens of a character. */
    private static final class Multiplying implements ChatTokenizer {

        private long made;

        @Override
        public int[] encode(String text) {
            made += 1000L * text.length();
            return new int[1000 * text.length()];
        }

        @Override
        public int[] encodeWithSpecialTokens(String text) {
            return encode(text);
        }

        @Override
        public String withoutSpecialTokens(String text) {
            return text;
        }

        @Override
        public String decode(int[] ids) {
            return "";
        }

        @Override
        public boolean hasChatTemplate() {
            return true;
        }

        @Override
        public String render(List<ChatMessage> messages, boolean generationPrompt) {
            return messages.getLast().content();
        }

        @Override
        public int[] endOfSequenceIds() {
            return new int[] {0};
        }

        @Override
        public int vocabularySize() {
            return 1;
        }
    }

    @Test
    void aPromptOfFarTooManyTokensIsNotTokenizedToItsEnd() {
        Multiplying tokenizer = new Multiplying();
        PromptTokens tokens = new PromptTokens(tokenizer, 8000, 128);

        assertThatThrownBy(() -> tokens.requireRoom(List.of(Message.user("x".repeat(1_000_000))), 128, "maxNewTokens"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has more than 16000 tokens, and the model 8000 positions");
        assertThat(tokenizer.made).isLessThan(2_000_000);
    }

    @Test
    void aPromptThatFitsIsCountedAsItIs() {
        PromptTokens tokens = new PromptTokens(new Multiplying(), 8000, 128);

        assertThat(tokens.requireRoom(List.of(Message.user("seven!!")), 128, "maxNewTokens"))
                .isEqualTo(7000);
        assertThatThrownBy(() -> tokens.requireRoom(List.of(Message.user("seven!!")), 1001, "maxNewTokens"))
                .hasMessageContaining("has 7000 tokens, which with maxNewTokens 1001 do not fit the model's 8000");
    }
}
