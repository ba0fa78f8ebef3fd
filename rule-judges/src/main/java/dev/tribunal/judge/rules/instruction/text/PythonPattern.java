package dev.tribunal.judge.rules.instruction.text;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A text from an instruction's arguments that the reference checker takes for a regular expression of Python's
 * {@code re}. The syntaxes differ in what classes and boundaries mean, and in when braces and brackets stand for
 * themselves.
 */
public final class PythonPattern {

    private static final Pattern QUANTIFIER = Pattern.compile("\\{\\d+(,\\d*)?}");
    private static final String SPACE = "\\s\\x1c-\\x1f";
    private static final String WORD = "\\p{L}\\p{N}_";
    private static final String BOUNDARY = "(?:(?<=[%1$s])(?![%1$s])|(?<![%1$s])(?=[%1$s]))".formatted(WORD);
    private static final String NO_BOUNDARY = "(?:(?<=[%1$s])(?=[%1$s])|(?<![%1$s])(?![%1$s]))".formatted(WORD);

    /** The same keywords are asked for again and again. */
    private static final Map<String, Pattern> COMPILED = new ConcurrentHashMap<>();

    private static final int MAX_COMPILED = 1 << 10;

    private PythonPattern() {}

    /** Whether a text is no more than itself as a regular expression. */
    public static boolean isLiteral(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("\\.^$*+?{}[]()|".indexOf(text.charAt(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** What is not a regular expression, and stops the reference checker, stands for itself. */
    public static Pattern compile(String before, String pattern, String after, int flags) {
        String key = flags + before + pattern + after;
        Pattern known = COMPILED.get(key);
        if (known == null) {
            known = newlyCompiled(before, pattern, after, flags);
            if (COMPILED.size() >= MAX_COMPILED) {
                COMPILED.clear();
            }
            COMPILED.put(key, known);
        }
        return known;
    }

    private static Pattern newlyCompiled(String before, String pattern, String after, int flags) {
        try {
            return Pattern.compile(translated(before + pattern + after), flags);
        } catch (PatternSyntaxException notARegularExpression) {
            return Pattern.compile(translated(before) + Pattern.quote(pattern) + translated(after), flags);
        }
    }

    private static String translated(String pattern) {
        StringBuilder java = new StringBuilder();
        boolean inClass = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\' && i + 1 < pattern.length()) {
                java.append(escape(pattern.charAt(++i), inClass));
            } else if (inClass && (c == '[' || c == '&')) {
                java.append('\\').append(c);
            } else if (c == '{'
                    && !inClass
                    && !QUANTIFIER.matcher(pattern).region(i, pattern.length()).lookingAt()) {
                java.append("\\{");
            } else {
                java.append(c);
                if (inClass && c == ']') {
                    inClass = false;
                } else if (!inClass && c == '[') {
                    inClass = true;
                    if (pattern.startsWith("^", i + 1)) {
                        java.append('^');
                        i++;
                    }
                    if (pattern.startsWith("]", i + 1)) {
                        java.append("\\]");
                        i++;
                    }
                }
            }
        }
        return java.toString();
    }

    private static String escape(char c, boolean inClass) {
        return switch (c) {
            case 'w' -> inClass ? WORD : "[" + WORD + "]";
            case 'W' -> "[^" + WORD + "]";
            case 's' -> inClass ? SPACE : "[" + SPACE + "]";
            case 'S' -> "[^" + SPACE + "]";
            case 'b' -> inClass ? "\\x08" : BOUNDARY;
            case 'B' -> NO_BOUNDARY;
            case 'Z' -> "\\z";
            default -> "\\" + c;
        };
    }
}
