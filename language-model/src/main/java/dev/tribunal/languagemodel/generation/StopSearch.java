package dev.tribunal.languagemodel.generation;

import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.TextStream;
import java.util.List;

/** Looks for stop strings in a completion's text as it grows. */
public final class StopSearch {

    private final List<String> strings;
    private final int longest;
    private final TextStream text;
    /** The end of the text, in which a stop string may have begun. */
    private String tail = "";

    /** @param strings at least one */
    public StopSearch(List<String> strings, ChatTokenizer tokenizer) {
        this.strings = strings;
        longest = strings.stream().mapToInt(String::length).max().orElseThrow();
        text = new TextStream(tokenizer);
    }

    /** Whether the token completes one of them. */
    public boolean completedBy(int id) {
        String certain = tail + text.add(id);
        String seen = certain + text.pending();
        tail = certain.substring(Math.max(0, certain.length() - longest + 1));
        return strings.stream().anyMatch(seen::contains);
    }
}
