package dev.tribunal.languagemodel;

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
}
