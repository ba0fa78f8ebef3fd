package dev.tribunal.judge.rules.instruction.text;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The words of a sentence as the Penn Treebank parts them: punctuation stands alone, {@code don't} is {@code do} and
 * {@code n't}. The rules and their order are those of NLTK 3.10.4's word tokenizer.
 */
public final class WordTokens {

    private static final List<Rule> RULES = List.of(
            // opening quotes
            replace("«“‘„`", "([«“‘„]|[`]+)", " $1 "),
            replace("\"", "^\"", "``"),
            replace("`", "(``)", " $1 "),
            replace("\"'", "([ \\(\\[{<])(\"|'{2})", "$1 `` "),
            replace("'", "(?i)(?<!\\w)(')(?!(?:re|ve|ll|m|t|s|d|n)\\b)(?=\\w)", "$1 "),
            // punctuation
            new FinalPeriod("])}>\"'»”’ ", " "),
            replace(":,", "([:,])([^\\d])", " $1 $2"),
            replace(":,", "([:,])$", " $1 "),
            replace(".", "\\.{2,}", " $0 "),
            new Apart(";@#$%&"),
            new Apart("‒–—―"),
            new FinalPeriod("])}>\"'", ""),
            new Apart("?!"),
            replace("'", "([^'])' ", "$1 ' "),
            new Apart("*"),
            new Apart("[](){}<>"),
            replace("-", "--", " -- "),
            text -> " " + text + " ",
            // closing quotes, and what is joined by an apostrophe
            new Apart("»”’"),
            replace("'", "''", " '' "),
            replace("\"", "\"", " '' "),
            WordTokens::withPlainSpaces,
            replace("'", "([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "),
            replace("'", "([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "),
            // words that are two
            replace("cC", "(?i)\\b(can)(not)\\b", " $1 $2 "),
            replace("'", "(?i)\\b(d)('ye)\\b", " $1 $2 "),
            replace("mM", "(?i)\\b(gim|lem)(me)\\b", " $1 $2 "),
            replace("gG", "(?i)\\b(gon)(na)\\b", " $1 $2 "),
            replace("gG", "(?i)\\b(got)(ta)\\b", " $1 $2 "),
            replace("'", "(?i)\\b(more)('n)\\b", " $1 $2 "),
            replace("wW", "(?i)\\b(wan)(na)(?=\\s)", " $1 $2 "),
            replace("'", "(?i) ('t)(is|was)\\b", " $1 $2 "));

    private WordTokens() {}

    /** How many words of a sentence are all capital. */
    static int countUpper(String sentence) {
        String text = parted(sentence);
        int count = 0;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || PythonText.isSpace(text.charAt(i))) {
                count += PythonText.isUpper(text, start, i) ? 1 : 0;
                start = i + 1;
            }
        }
        return count;
    }

    /** The sentence with space between its words. */
    private static String parted(String sentence) {
        String text = sentence;
        for (Rule rule : RULES) {
            text = rule.apply(text);
        }
        return text;
    }

    private static String withPlainSpaces(String text) {
        char[] characters = text.toCharArray();
        for (int i = 0; i < characters.length; i++) {
            characters[i] = PythonText.isUnicodeSpace(characters[i]) ? ' ' : characters[i];
        }
        return new String(characters);
    }

    private static boolean hasAny(String text, String characters) {
        for (int i = 0; i < characters.length(); i++) {
            if (text.indexOf(characters.charAt(i)) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** @param any a match has one of these characters */
    private static Rule replace(String any, String regularExpression, String replacement) {
        Pattern pattern = Pattern.compile(regularExpression, Response.PYTHON);
        return text -> hasAny(text, any) ? pattern.matcher(text).replaceAll(replacement) : text;
    }

    @FunctionalInterface
    private interface Rule {
        String apply(String text);
    }

    /** Puts space around each of some characters. */
    private record Apart(String characters) implements Rule {

        @Override
        public String apply(String text) {
            if (!hasAny(text, characters)) {
                return text;
            }
            StringBuilder apart = new StringBuilder(text.length() + Integer.SIZE);
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (characters.indexOf(c) >= 0) {
                    apart.append(' ').append(c).append(' ');
                } else {
                    apart.append(c);
                }
            }
            return apart.toString();
        }
    }

    /** Puts space around one period at the end, before what may close a sentence. */
    private record FinalPeriod(String closers, String between) implements Rule {

        @Override
        public String apply(String text) {
            int closed = text.length();
            while (closed > 0 && PythonText.isUnicodeSpace(text.charAt(closed - 1))) {
                closed--;
            }
            int after = closed;
            while (after > 0 && closers.indexOf(text.charAt(after - 1)) >= 0) {
                after--;
            }
            boolean period = after > 1 && text.charAt(after - 1) == '.' && text.charAt(after - 2) != '.';
            return period ? text.substring(0, after - 1) + " ." + between + text.substring(after, closed) + " " : text;
        }
    }
}
