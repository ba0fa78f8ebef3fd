package dev.tribunal.languagemodel;

import java.util.Arrays;

/**
 * A completion's text while its tokens come one by one. A character that several tokens spell comes with the last of
 * them, and a token is decoded after the ones before it, since some tokenizers write its space by them.
 */
public final class TextStream {

    private static final String INCOMPLETE = "\uFFFD";
    /** UTF-8 spells no character with more bytes, and a token has at least one. */
    private static final int LONGEST_CHARACTER = 4;

    private final ChatTokenizer tokenizer;
    private int[] ids = new int[32];
    private int length;
    /** Text before this token is out. */
    private int told;
    /** What is decoded begins here, some tokens earlier. */
    private int context;

    private String before = "";
    private String after = "";

    public TextStream(ChatTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The text that is certain now and was not before this token; often empty. */
    public String add(int id) {
        if (length == ids.length) {
            ids = Arrays.copyOf(ids, 2 * length);
        }
        ids[length++] = id;
        after = tokenizer.decode(Arrays.copyOfRange(ids, context, length));
        if (after.endsWith(INCOMPLETE) && length - told < LONGEST_CHARACTER) {
            return "";
        }
        String added = pending();
        context = told;
        told = length;
        before = tokenizer.decode(Arrays.copyOfRange(ids, context, told));
        after = before;
        return added;
    }

    /** What the last tokens say though it is not certain yet: an incomplete character is U+FFFD. */
    public String pending() {
        return after.substring(Math.min(before.length(), after.length()));
    }
}
