package dev.tribunal.judge.rules.text;

import java.util.List;
import java.util.regex.Pattern;

/** The words of a text: what spaces part. */
final class Words {

    private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private Words() {}

    static List<String> of(String text) {
        return SPACES.splitAsStream(text).filter(word -> !word.isEmpty()).toList();
    }
}
