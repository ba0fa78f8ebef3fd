package dev.tribunal.languagemodel;

import java.util.List;

/** A checkpoint's tokenizer ({@code tokenizer.json}) and chat template. Safe for use by many threads. */
public interface ChatTokenizer {

    /** Token ids of a text as it stands: no special token is added, those written in the text are recognised. */
    int[] encode(String text);

    /**
     * Token ids of a whole text, as transformers' {@code tokenizer(text)}: with the special tokens that the tokenizer
     * puts around one, such as the token that begins a text. One that the text begins with already is not doubled.
     */
    int[] encodeWithSpecialTokens(String text);

    /**
     * A text without any spelling of a special token. What another person or a model wrote goes
     * through here before it is put into a judge's or a reward model's prompt: else it could end its turn and speak in
     * another's name.
     */
    String withoutSpecialTokens(String text);

    /** Text of token ids; special tokens are left out. */
    String decode(int[] ids);

    boolean hasChatTemplate();

    /**
     * The conversation as the checkpoint's chat template writes it, character for character as transformers. A
     * template that writes the date takes it from the environment's {@code TRIBUNAL_TEMPLATE_DATE}, or else from the
     * machine.
     *
     * @param generationPrompt whether to end with the opening of an assistant's turn
     * @throws CheckpointException if the checkpoint has no chat template, or the template refuses the conversation
     */
    String render(List<ChatMessage> messages, boolean generationPrompt);

    /** Token ids of {@link #render} with the generation prompt: what a completion is sampled after. */
    default int[] encodePrompt(List<ChatMessage> messages) {
        return encode(render(messages, true));
    }

    /**
     * Ids that end a completion; never empty. All that {@code generation_config.json}, {@code config.json} and {@code
     * tokenizer_config.json} list, and what the chat template writes after an assistant's message.
     */
    int[] endOfSequenceIds();

    /** The one of these that a completion to be learned ends with: the chat template's, or else the first listed. */
    default int endOfTurnId() {
        return endOfSequenceIds()[0];
    }

    int vocabularySize();
}
