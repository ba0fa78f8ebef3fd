package dev.tribunal.judge.llm;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Opinion;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What becomes of an item before a model is asked. Nothing is cut: a question that is too long is not asked. */
sealed interface Asking {

    /** @param text word for word, without the model's chat template */
    record Question(String itemId, String text) implements Asking {}

    record NoQuestion(Opinion why) implements Asking {}

    /**
     * @param maxCharacters of the whole question
     * @param clean takes out what a model would read as a turn's end
     */
    static Asking about(JudgeItem item, JudgeTemplate template, int maxCharacters, UnaryOperator<String> clean) {
        String prompt = null;
        for (Message message : item.messages()) {
            prompt = message.role().equals("user") ? message.content() : prompt;
        }
        if (prompt == null) {
            return new NoQuestion(Opinion.undecided("missing_prompt", "messages hold no user message"));
        }
        @Nullable Object answer = item.reference().get("answer");
        if (template.needsReference() && !(answer instanceof String || answer instanceof Number)) {
            return new NoQuestion(
                    Opinion.undecided("missing_reference", "reference.answer is missing or neither text nor number"));
        }
        long length = (long) prompt.length() + item.completion().text().length();
        if (length > maxCharacters) {
            return tooLong(length, maxCharacters);
        }
        // Cleaned before it is filled in: the fence is measured on what the model will read.
        String text = template.render(
                clean.apply(prompt),
                clean.apply(item.completion().text()),
                answer == null ? null : clean.apply(answer.toString()));
        return text.length() > maxCharacters ? tooLong(text.length(), maxCharacters) : new Question(item.itemId(), text);
    }

    private static Asking tooLong(long length, int most) {
        return new NoQuestion(
                Opinion.undecided("too_long", "the question has " + length + " characters; the judge takes " + most));
    }
}
