package dev.tribunal.judge.rules.instruction;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a sentence as the Penn Treebank parts them: punctuation stands alone, {@code don't} is {@code do} and
 * {@code n't}. The rules and their order are those of NLTK 3.10.4's word tokenizer.
 */
final class WordTokens {

    private static final List<Rule> RULES = List.of(
            // opening quotes
            rule("«“‘„`", "([«“‘„]|[`]+)", " $1 "),
            rule("\"", "^\"", "``"),
            rule("`", "(``)", " $1 "),
            rule("\"'", "([ \\(\\[{<])(\"|'{2})", "$1 `` "),
            rule("'", "(?i)(?<!\\w)(')(?!(?:re|ve|ll|m|t|s|d|n)\\b)(?=\\w)", "$1 "),
            // punctuation
            rule(".", "([^\\.])(\\.)([\\]\\)}>\"'»”’ ]*+)\\s*$", "$1 $2 $3 "),
            rule(":,", "([:,])([^\\d])", " $1 $2"),
            rule(":,", "([:,])$", " $1 "),
            rule(".", "\\.{2,}", " $0 "),
            rule(";@#$%&", "[;@#$%&]", " $0 "),
            rule("‒–—―", "[\\u2012-\\u2015]", " $0 "),
            rule(".", "([^\\.])(\\.)([\\]\\)}>\"']*)\\s*$", "$1 $2$3 "),
            rule("?!", "[?!]", " $0 "),
            rule("'", "([^'])' ", "$1 ' "),
            rule("*", "[*]", " $0 "),
            rule("[](){}<>", "[\\]\\[\\(\\)\\{\\}\\<\\>]", " $0 "),
            rule("-", "--", " -- "),
            rule("", "^|$", " "),
            // closing quotes, and what is joined by an apostrophe
            rule("»”’", "([»”’])", " $1 "),
            rule("'", "''", " '' "),
            rule("\"", "\"", " '' "),
            rule("\t\n\u000b\f\r\u0085\u00a0\u2028\u2029\u3000", "\\s+", " "),
            rule("'", "([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "),
            rule("'", "([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "),
            // words that are two
            rule("cC", "(?i)\\b(can)(not)\\b", " $1 $2 "),
            rule("'", "(?i)\\b(d)('ye)\\b", " $1 $2 "),
            rule("mM", "(?i)\\b(gim|lem)(me)\\b", " $1 $2 "),
            rule("gG", "(?i)\\b(gon)(na)\\b", " $1 $2 "),
            rule("gG", "(?i)\\b(got)(ta)\\b", " $1 $2 "),
            rule("'", "(?i)\\b(more)('n)\\b", " $1 $2 "),
            rule("wW", "(?i)\\b(wan)(na)(?=\\s)", " $1 $2 "),
            rule("'", "(?i) ('t)(is|was)\\b", " $1 $2 "));

    private WordTokens() {}

    /** How many words of a sentence are all capital. */
    static int countUpper(String sentence) {
        if (sentence.codePoints().noneMatch(Character::isUpperCase)) {
            return 0;
        }
        String text = parted(sentence);
        int count = 0;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || PythonText.isSpace(text.charAt(i))) {
                count += i > start && PythonText.isUpper(text.substring(start, i)) ? 1 : 0;
                start = i + 1;
            }
        }
        return count;
    }

    /** The sentence with space between its words. */
    private static String parted(String sentence) {
        String text = sentence;
        for (Rule rule : RULES) {
            if (rule.mayMatch(text)) {
                Matcher matcher = rule.pattern.matcher(text);
                text = matcher.replaceAll(rule.replacement);
            }
        }
        return text;
    }

    /** @param any a match has one of these characters; none if the rule always matches */
    private static Rule rule(String any, String pattern, String replacement) {
        return new Rule(any, Pattern.compile(pattern, Response.PYTHON), replacement);
    }

    private record Rule(String any, Pattern pattern, String replacement) {

        boolean mayMatch(String text) {
            for (int i = 0; i < any.length(); i++) {
                if (text.indexOf(any.charAt(i)) >= 0) {
                    return true;
                }
            }
            return any.isEmpty();
        }
    }
}
