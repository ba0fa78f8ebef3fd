package dev.tribunal.languagemodel;

import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import java.util.ArrayList;
import java.util.List;

/**
 * A prompt and a completion of it, as token ids. Sequences of one group share their {@code prompt} array, by which
 * an engine may recognise that the prompt's work is needed once.
 */
public record TokenSequence(int[] prompt, int[] completion) {

    public TokenSequence {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
        if (completion.length == 0) {
            throw new IllegalArgumentException("a completion needs at least one token");
        }
    }

    public int length() {
        return prompt.length + completion.length;
    }

    /** @throws IllegalArgumentException if the model has no place for them, or a token is not in its vocabulary */
    public static void requireFit(List<TokenSequence> sequences, ModelConfiguration model) {
        for (TokenSequence sequence : sequences) {
            model.requireFits(sequence.prompt, sequence.completion.length);
            model.requireIds(sequence.completion);
        }
    }

    /** The sequences in order, cut where a part would have more tokens; one that is longer is a part by itself. */
    public static List<List<TokenSequence>> inParts(List<TokenSequence> sequences, int mostTokens) {
        List<List<TokenSequence>> parts = new ArrayList<>();
        int tokens = mostTokens;
        for (TokenSequence sequence : sequences) {
            tokens += sequence.length();
            if (tokens > mostTokens) {
                parts.add(new ArrayList<>());
                tokens = sequence.length();
            }
            parts.getLast().add(sequence);
        }
        return parts;
    }
}
