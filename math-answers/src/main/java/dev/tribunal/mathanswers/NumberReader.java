package dev.tribunal.mathanswers;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the numbers in a text: {@code 1,234.5}, {@code -3}, {@code 3/4}, {@code 1 1/2}, {@code \frac{3}{4}},
 * {@code 1.5e3}, {@code 2 \times 10^{-3}}, each perhaps with a percent sign.
 */
final class NumberReader {

    private static final String UNSIGNED = "(?:\\d{1,3}(?:,\\d{3})+(?!\\d)(?:\\.\\d+)?|\\d+(?:\\.\\d+)?|\\.\\d+)";
    private static final String SIGNED = "-?" + UNSIGNED;

    private static final Pattern NUMBER = Pattern.compile(
            // No sign after a digit, letter or bracket: 28-3 is a difference.
            "(?<![\\w.)\\]}])(?<sign>-)?\\s?(?:"
                    + "(?:(?<whole>\\d+)\\s*)?\\\\frac\\s*\\{\\s*(?<top>" + SIGNED + ")\\s*\\}\\s*\\{\\s*(?<bottom>"
                    + SIGNED + ")\\s*\\}"
                    + "|\\\\frac\\s*(?<topDigit>\\d)\\s*(?<bottomDigit>\\d)"
                    + "|(?<mixed>\\d+)\\s+(?<mixedTop>\\d+)\\s*/\\s*(?<mixedBottom>\\d+)(?![\\d.])"
                    + "|(?<numerator>" + UNSIGNED + ")\\s*/\\s*(?<denominator>" + UNSIGNED + ")(?![\\w/])"
                    + "|(?<base>" + UNSIGNED + ")\\s*(?:\\\\times|\\\\cdot|[×x*])\\s*10\\s*"
                    + "\\^\\s*\\{?\\s*(?<power>-?\\d{1,3})\\}?"
                    + "|(?<decimal>" + UNSIGNED + ")(?:[eE](?<exponent>[+-]?\\d{1,3})(?![\\w.]))?"
                    + ")(?<percent>\\s*%)?");

    private static final Pattern BEFORE = Pattern.compile("(?:\\s*\\p{L}+\\s*=)?[\\s(]*");

    /** Degrees, or words, the first of which is not a single letter but for the commonest units: that is a variable. */
    private static final Pattern UNIT =
            Pattern.compile("(?:\\s*(?:[mglshd]|\\p{L}{2,}|°[CF]?|\\^\\s*\\{?\\s*\\\\circ\\s*}?)(?![\\p{L}])"
                    + "(?:[\\s/]+\\p{L}+)*[²³]?)?[\\s.)]*");

    private static final Pattern DASH = Pattern.compile("[−–]");
    private static final Pattern LOOKS =
            Pattern.compile("\\\\(?:left|right|displaystyle|thinspace|[!,;: ])|~(?=\\d{3})");
    private static final Pattern FRACTION = Pattern.compile("\\\\[dt]frac");
    private static final Pattern WORDS = Pattern.compile("\\\\(?:text|mathrm|mathbf|textbf)\\s*\\{([^{}]*)\\}");
    private static final Pattern DELIMITER = Pattern.compile("\\\\[()\\[\\]]");
    private static final Pattern CURRENCY = Pattern.compile("\\\\?[$€£]");

    /** A longer run of digits is noise, and exact arithmetic on it slow. */
    private static final int MAX_LENGTH = 400;

    private NumberReader() {}

    /** A number where it stood. */
    record Found(Fraction value, boolean percent, int start, int end) {

        Answer answer() {
            return new Answer.Value(new Expression.Number(value), percent ? Units.PERCENT : null);
        }
    }

    /** The text's one number, if the rest of the text is at most its unit: {@code x + 1} and {@code 2x} are none. */
    static @Nullable Found only(String text) {
        String normalized = normalized(text);
        List<Found> found = all(normalized);
        if (found.size() != 1) {
            return null;
        }
        String before = normalized.substring(0, found.getFirst().start());
        String after = normalized.substring(found.getFirst().end());
        return BEFORE.matcher(before).matches() && UNIT.matcher(after).matches() ? found.getFirst() : null;
    }

    /** All numbers of a text, from left to right; places are those in the {@link #normalized} text. */
    static List<Found> all(String text) {
        List<Found> found = new ArrayList<>();
        Matcher matcher = NUMBER.matcher(normalized(text));
        while (matcher.find()) {
            if (matcher.group().length() <= MAX_LENGTH) {
                try {
                    found.add(new Found(
                            value(matcher), matcher.group("percent") != null, matcher.start(), matcher.end()));
                } catch (ArithmeticException dividedByZero) {
                    // 3/0 is not a number.
                }
            }
        }
        return found;
    }

    /** LaTeX and typography that do not change a number; the same length is not kept. */
    static String normalized(String text) {
        String normalized = DASH.matcher(text).replaceAll("-").replace("**", "");
        if (normalized.indexOf('\\') >= 0) {
            normalized = LOOKS.matcher(normalized).replaceAll("");
            normalized = FRACTION.matcher(normalized).replaceAll("\\\\frac");
            normalized = normalized.replace("\\%", "%");
            normalized = WORDS.matcher(normalized).replaceAll(" $1 ");
            normalized = DELIMITER.matcher(normalized).replaceAll(" ");
        }
        return CURRENCY.matcher(normalized).replaceAll("").replace("{,}", ",").replace("{}", "");
    }

    private static Fraction value(Matcher m) {
        Fraction value;
        if (m.group("top") != null) {
            value = decimal(m.group("top")).over(decimal(m.group("bottom")));
            value = m.group("whole") == null ? value : decimal(m.group("whole")).plus(value);
        } else if (m.group("topDigit") != null) {
            value = decimal(m.group("topDigit")).over(decimal(m.group("bottomDigit")));
        } else if (m.group("mixed") != null) {
            value = decimal(m.group("mixed")).plus(decimal(m.group("mixedTop")).over(decimal(m.group("mixedBottom"))));
        } else if (m.group("numerator") != null) {
            value = decimal(m.group("numerator")).over(decimal(m.group("denominator")));
        } else if (m.group("base") != null) {
            value = scaled(m.group("base"), m.group("power"));
        } else {
            value = scaled(m.group("decimal"), m.group("exponent") == null ? "0" : m.group("exponent"));
        }
        return m.group("sign") == null ? value : value.negated();
    }

    private static Fraction decimal(String digits) {
        return scaled(digits, "0");
    }

    private static Fraction scaled(String digits, String power) {
        return Fraction.of(new BigDecimal(digits.replace(",", "")).scaleByPowerOfTen(Integer.parseInt(power)));
    }
}
