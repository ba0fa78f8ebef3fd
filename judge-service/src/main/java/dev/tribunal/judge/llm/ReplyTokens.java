package dev.tribunal.judge.llm;

import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Ids of a template's two tokens as the model would write them: right after its question, where a tokenizer may spell
 * a word differently than alone.
 */
record ReplyTokens(int satisfied, int violated) {

    /**
     * @throws IllegalArgumentException naming each reply that is not one token, and what it becomes
     * @throws CheckpointException if the template needs a chat template and there is none
     */
    static ReplyTokens of(ChatTokenizer tokenizer, JudgeTemplate template) {
        String asked = written(tokenizer, template, template.render("?", ".", "."));
        int satisfied = id(tokenizer, asked, template.satisfiedToken());
        int violated = id(tokenizer, asked, template.violatedToken());
        if (satisfied == violated) {
            throw new IllegalArgumentException("'" + template.satisfiedToken() + "' and '" + template.violatedToken()
                    + "' are the same token of this model; choose two that differ");
        }
        return new ReplyTokens(satisfied, violated);
    }

    /** The question's token ids, as the model reads it. */
    static int[] prompt(ChatTokenizer tokenizer, JudgeTemplate template, String question) {
        return tokenizer.encode(written(tokenizer, template, question));
    }

    private static String written(ChatTokenizer tokenizer, JudgeTemplate template, String question) {
        return template.raw() ? question : tokenizer.render(List.of(ChatMessage.user(question)), true);
    }

    private static int id(ChatTokenizer tokenizer, String asked, String reply) {
        int[] before = tokenizer.encode(asked);
        int[] after = tokenizer.encode(asked + reply);
        int same = Arrays.mismatch(before, after);
        if (same != before.length) {
            throw new IllegalArgumentException("'" + reply + "' grows together with the end of the question; end the"
                    + " question without a space, or begin the reply with one");
        }
        if (after.length != before.length + 1) {
            throw new IllegalArgumentException("'" + reply + "' must be one token of the model and is "
                    + (after.length - before.length) + ": "
                    + Arrays.stream(after, before.length, after.length)
                            .mapToObj(id -> "'" + tokenizer.decode(new int[] {id}) + "'")
                            .collect(Collectors.joining(", "))
                    + "; choose a shorter word, or a model with a larger vocabulary");
        }
        return after[before.length];
    }
}
