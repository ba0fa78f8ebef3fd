package dev.tribunal.judge.llm;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.judge.sdk.ItemVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What becomes of an item before a model is asked. Nothing is cut: a question that is too long is not asked. */
sealed interface ItemQuestion {

    /** @param text word for word, without the model's chat template */
    record Askable(String itemId, String text) implements ItemQuestion {}

    record Unaskable(ItemVerdict why) implements ItemQuestion {}

    /**
     * @param maxCharacters of the whole question
     * @param clean takes out what a model would read as a turn's end
     */
    static ItemQuestion about(JudgeItem item, JudgeTemplate template, int maxCharacters, UnaryOperator<String> clean) {
        String prompt = prompt(item.messages());
        if (prompt == null) {
            return new Unaskable(ItemVerdict.undecided("missing_prompt", "messages hold no user message"));
        }
        @Nullable Object answer = item.reference().get("answer");
        if (template.needsReference() && !readable(answer)) {
            return new Unaskable(ItemVerdict.undecided(
                    "missing_reference", "reference.answer is missing or neither text nor number"));
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
        return text.length() > maxCharacters ? tooLong(text.length(), maxCharacters) : new Askable(item.itemId(), text);
    }

    /** What is wrong with a prompt, so that no question about any completion can be asked. */
    static List<FieldError> mistakes(PromptItem item, JudgeTemplate template, int maxCharacters) {
        List<FieldError> mistakes = new ArrayList<>();
        String prompt = prompt(item.messages());
        if (prompt == null) {
            mistakes.add(new FieldError("/messages", "hold no user message, which the question is about"));
        } else if (prompt.length() > maxCharacters) {
            mistakes.add(new FieldError(
                    "/messages",
                    "end with a user message of " + prompt.length() + " characters; the judge takes " + maxCharacters));
        }
        if (template.needsReference() && !readable(item.reference().get("answer"))) {
            mistakes.add(new FieldError("/reference/answer", "is missing or neither text nor number"));
        }
        return mistakes;
    }

    /** The last user message. */
    private static @Nullable String prompt(List<Message> messages) {
        return messages.stream()
                .filter(message -> message.role().equals("user"))
                .map(Message::content)
                .reduce((first, last) -> last)
                .orElse(null);
    }

    private static boolean readable(@Nullable Object answer) {
        return answer instanceof String || answer instanceof Number;
    }

    private static ItemQuestion tooLong(long length, int most) {
        return new Unaskable(ItemVerdict.undecided(
                "too_long", "the question has " + length + " characters; the judge takes " + most));
    }
}
