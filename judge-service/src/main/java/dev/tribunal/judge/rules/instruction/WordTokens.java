package dev.tribunal.judge.rules.instruction;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The words of a sentence as the Penn Treebank parts them: punctuation stands alone, {@code don't} is {@code do} and
 * {@code n't}. The rules and their order are those of NLTK's word tokenizer.
 */
final class WordTokens {

    private static final List<Rule> RULES = List.of(
            // opening quotes
            rule("([«“‘„]|[`]+)", " $1 "),
            rule("^\"", "``"),
            rule("(``)", " $1 "),
            rule("([ \\(\\[{<])(\"|'{2})", "$1 `` "),
            rule("(?i)(')(?!re|ve|ll|m|t|s|d|n)(\\w)\\b", "$1 $2"),
            // punctuation
            rule("([^\\.])(\\.)([\\]\\)}>\"'»”’ ]*)\\s*$", "$1 $2 $3 "),
            rule("([:,])([^\\d])", " $1 $2"),
            rule("([:,])$", " $1 "),
            rule("\\.{2,}", " $0 "),
            rule("[;@#$%&]", " $0 "),
            rule("[?!]", " $0 "),
            rule("([^'])' ", "$1 ' "),
            rule("[*]", " $0 "),
            rule("[\\]\\[\\(\\)\\{\\}\\<\\>]", " $0 "),
            rule("--", " -- "),
            rule("^|$", " "),
            // closing quotes, and what is joined by an apostrophe
            rule("([»”’])", " $1 "),
            rule("''", " '' "),
            rule("\"", " '' "),
            rule("([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "),
            rule("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "),
            // words that are two
            rule("(?i)\\b(can)(not)\\b", " $1 $2 "),
            rule("(?i)\\b(d)('ye)\\b", " $1 $2 "),
            rule("(?i)\\b(gim|lem)(me)\\b", " $1 $2 "),
            rule("(?i)\\b(gon)(na)\\b", " $1 $2 "),
            rule("(?i)\\b(got)(ta)\\b", " $1 $2 "),
            rule("(?i)\\b(more)('n)\\b", " $1 $2 "),
            rule("(?i)\\b(wan)(na)(?=\\s)", " $1 $2 "),
            rule("(?i) ('t)(is|was)\\b", " $1 $2 "));

    private WordTokens() {}

    static List<String> of(String sentence) {
        String text = sentence;
        for (Rule rule : RULES) {
            text = rule.pattern.matcher(text).replaceAll(rule.replacement);
        }
        return List.of(PythonText.split(text));
    }

    private static Rule rule(String pattern, String replacement) {
        return new Rule(Pattern.compile(pattern, Response.PYTHON), replacement);
    }

    private record Rule(Pattern pattern, String replacement) {}
}
