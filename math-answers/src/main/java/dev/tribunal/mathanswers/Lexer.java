package dev.tribunal.mathanswers;

import dev.tribunal.mathanswers.Token.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Cuts an answer's text, in LaTeX or as typed, into tokens; what only concerns its looks is left out. */
final class Lexer {

    static final int MAX_LENGTH = 1000;
    private static final int MAX_TOKENS = 400;

    /** More digits than a person compares; exact arithmetic on them is slow. */
    private static final int MAX_DIGITS = 400;

    private static final int MAX_EXPONENT = 999;

    private static final Set<String> SPACES =
            Set.of("quad", "qquad", "thinspace", "enspace", "medspace", "thickspace", "negthinspace", "space");
    private static final Set<String> LOOKS = Set.of(
            "left",
            "right",
            "middle",
            "big",
            "Big",
            "bigg",
            "Bigg",
            "bigl",
            "bigr",
            "Bigl",
            "Bigr",
            "biggl",
            "biggr",
            "displaystyle",
            "textstyle",
            "scriptstyle",
            "limits",
            "nolimits",
            "rm",
            "bf",
            "it",
            "boldmath",
            "mathopen",
            "mathclose",
            "mathstrut",
            "strut");
    private static final Set<String> TEXTS = Set.of(
            "text",
            "textbf",
            "textit",
            "textrm",
            "textnormal",
            "textsf",
            "texttt",
            "mbox",
            "hbox",
            "mathrm",
            "mathbf",
            "mathit",
            "mathsf",
            "mathcal",
            "boldsymbol",
            "bm",
            "operatorname",
            "emph",
            "underline");
    private static final Set<String> TEXTS_IN_WORDS_ONLY =
            Set.of("text", "textbf", "textit", "textrm", "textnormal", "textsf", "texttt", "mbox", "hbox", "emph");

    private static final List<String> PAIRS = List.of("**", "<=", ">=", "!=", "==", "->");
    private static final List<String> SEPARATORS = List.of(
            "{,}",
            "{, }",
            "{\\,}",
            "{\\;}",
            "{\\ }",
            "\\text{,}",
            ",\\! ",
            ",\\!",
            "\\!,",
            "\\,",
            "\\ ",
            "\\;",
            "\\:",
            "\\!",
            "\\thinspace ",
            "~",
            "'",
            " ",
            ",");

    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("dfrac", "frac"),
            Map.entry("tfrac", "frac"),
            Map.entry("cfrac", "frac"),
            Map.entry("dbinom", "binom"),
            Map.entry("tbinom", "binom"),
            Map.entry("leq", "le"),
            Map.entry("leqslant", "le"),
            Map.entry("geq", "ge"),
            Map.entry("geqslant", "ge"),
            Map.entry("neq", "ne"),
            Map.entry("ast", "cdot"),
            Map.entry("times", "cdot"),
            Map.entry("varnothing", "emptyset"),
            Map.entry("isin", "in"),
            Map.entry("Bbb", "mathbb"),
            Map.entry("bigcup", "cup"),
            Map.entry("bigcap", "cap"),
            Map.entry("smallsetminus", "setminus"),
            Map.entry("degree", "circ"),
            Map.entry("simeq", "approx"),
            Map.entry("cr", "\\\\"),
            Map.entry("newline", "\\\\"),
            Map.entry("lbrack", "["),
            Map.entry("rbrack", "]"),
            Map.entry("lparen", "("),
            Map.entry("rparen", ")"),
            Map.entry("lbrace", "\\{"),
            Map.entry("rbrace", "\\}"),
            Map.entry("lvert", "|"),
            Map.entry("rvert", "|"),
            Map.entry("vert", "|"),
            Map.entry("mid", "|"),
            Map.entry("lt", "<"),
            Map.entry("gt", ">"),
            Map.entry("colon", ":"),
            Map.entry("land", "wedge"),
            Map.entry("lor", "vee"));

    /** Characters that are written in another way in LaTeX. */
    private static final Map<Character, String> CHARACTERS = Map.ofEntries(
            Map.entry('−', "-"),
            Map.entry('–', "-"),
            Map.entry('×', "\\cdot "),
            Map.entry('·', "\\cdot "),
            Map.entry('⋅', "\\cdot "),
            Map.entry('∙', "\\cdot "),
            Map.entry('÷', "\\div "),
            Map.entry('≤', "\\le "),
            Map.entry('≥', "\\ge "),
            Map.entry('≠', "\\ne "),
            Map.entry('∞', "\\infty "),
            Map.entry('π', "\\pi "),
            Map.entry('√', "\\surd "),
            Map.entry('∪', "\\cup "),
            Map.entry('∩', "\\cap "),
            Map.entry('∖', "\\setminus "),
            Map.entry('∅', "\\emptyset "),
            Map.entry('∈', "\\in "),
            Map.entry('≈', "\\approx "),
            Map.entry('±', "\\pm "),
            Map.entry('∓', "\\mp "),
            Map.entry('°', "\\circ "),
            Map.entry('ℝ', "\\mathbb{R}"),
            Map.entry('⟨', "\\langle "),
            Map.entry('⟩', "\\rangle "),
            Map.entry('θ', "\\theta "),
            Map.entry('α', "\\alpha "),
            Map.entry('β', "\\beta "),
            Map.entry('λ', "\\lambda "),
            Map.entry('½', "\\frac{1}{2}"),
            Map.entry('¼', "\\frac{1}{4}"),
            Map.entry('¾', "\\frac{3}{4}"),
            Map.entry('⅓', "\\frac{1}{3}"),
            Map.entry('⅔', "\\frac{2}{3}"),
            Map.entry('²', "^2"),
            Map.entry('³', "^3"),
            Map.entry('⁴', "^4"),
            Map.entry('⁻', "^-"),
            Map.entry('¹', "1"),
            Map.entry('\u00A0', "\\,"),
            Map.entry('\u2007', "\\,"),
            Map.entry('\u2008', "\\,"),
            Map.entry('\u2009', "\\,"),
            Map.entry('\u202F', "\\,"));

    private static final Pattern LENGTH = Pattern.compile("\\s*-?\\d*\\.?\\d+\\s*(?:pt|em|ex|mm|cm|in)\\s*");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int brackets;
    private boolean spaced;

    private Lexer(String text) {
        this.text = text;
    }

    /** @throws Unreadable if the text is too long or holds something of no meaning in an answer */
    static List<Token> tokens(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new Unreadable("it is longer than " + MAX_LENGTH + " characters");
        }
        Lexer lexer = new Lexer(typed(text));
        while (lexer.at < lexer.text.length()) {
            lexer.next();
            if (lexer.tokens.size() > MAX_TOKENS) {
                throw new Unreadable("it has more than " + MAX_TOKENS + " signs");
            }
        }
        lexer.add(Kind.END, "");
        return lexer.tokens;
    }

    /** The text with characters that have a LaTeX command in its place. */
    private static String typed(String text) {
        StringBuilder typed = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String other = c < 128 ? null : CHARACTERS.get(c);
            if (other != null && typed == null) {
                typed = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (typed != null) {
                typed.append(other != null ? other : String.valueOf(c));
            }
        }
        return typed == null ? text : typed.toString();
    }

    private void next() {
        char c = text.charAt(at);
        if (digit(at) || c == '.' && (digit(at + 1) || text.startsWith("\\overline", at + 1))) {
            number();
        } else if (c == '\\') {
            command();
        } else if (Character.isLetter(c)) {
            int start = at;
            while (at < text.length() && Character.isLetter(text.charAt(at))) {
                at++;
            }
            add(Kind.LETTERS, text.substring(start, at));
        } else if (Character.isWhitespace(c) || c == '~') {
            at++;
            spaced = true;
        } else if ("$€£¥₹".indexOf(c) >= 0) {
            // A currency, or where mathematics begins or ends.
            at++;
            spaced = true;
        } else {
            sign();
        }
    }

    private void sign() {
        boolean pair = at + 1 < text.length() && "*=>".indexOf(text.charAt(at + 1)) >= 0;
        for (String two : pair ? PAIRS : List.<String>of()) {
            if (text.startsWith(two, at)) {
                at += 2;
                switch (two) {
                    case "**" -> stars();
                    case "<=" -> add(Kind.COMMAND, "le");
                    case ">=" -> add(Kind.COMMAND, "ge");
                    case "!=" -> add(Kind.COMMAND, "ne");
                    case "==" -> add(Kind.SIGN, "=");
                    default -> throw new Unreadable("'" + two + "' has no meaning in an answer");
                }
                return;
            }
        }
        char c = text.charAt(at);
        if ("+-*/^_=<>()[]{},;|!%.:&'\"?#".indexOf(c) < 0) {
            throw new Unreadable("'" + Character.toString(text.codePointAt(at)) + "' has no meaning in an answer");
        }
        at++;
        bracket(c);
        add(Kind.SIGN, String.valueOf(c));
    }

    /** A power in a program's notation where it stands between two operands, else bold face. */
    private void stars() {
        boolean after = at > 2 && (text.charAt(at - 3) == ')' || Character.isLetterOrDigit(text.charAt(at - 3)));
        boolean before = at < text.length()
                && ("(-".indexOf(text.charAt(at)) >= 0 || Character.isLetterOrDigit(text.charAt(at)));
        boolean apart = at > 2 && text.charAt(at - 3) == ' ' && at < text.length() && text.charAt(at) == ' ';
        if (after && before || apart) {
            add(Kind.SIGN, "^");
        } else {
            spaced = true;
        }
    }

    private void bracket(char c) {
        brackets += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
    }

    private void command() {
        at++;
        if (at == text.length()) {
            throw new Unreadable("it ends in a backslash");
        }
        char c = text.charAt(at);
        if (!Character.isLetter(c)) {
            at++;
            switch (c) {
                case ',', ';', ':', '!', ' ', '/', '\n' -> spaced = true;
                case '(', ')', '[', ']', '$' -> spaced = true;
                case '%' -> add(Kind.SIGN, "%");
                case '{', '}' -> {
                    brackets += c == '{' ? 1 : -1;
                    add(Kind.SIGN, "\\" + c);
                }
                case '|' -> add(Kind.SIGN, "|");
                case '&', '#', '_' -> add(Kind.SIGN, String.valueOf(c));
                case '\\' -> {
                    add(Kind.SIGN, "\\\\");
                    rowSpace();
                }
                default -> throw new Unreadable("'\\" + c + "' has no meaning in an answer");
            }
            return;
        }
        int start = at;
        while (at < text.length() && asciiLetter(text.charAt(at))) {
            at++;
        }
        named(text.substring(start, at));
    }

    /** {@code \\[4pt]}: how far apart two rows are. */
    private void rowSpace() {
        int end = at < text.length() && text.charAt(at) == '[' ? text.indexOf(']', at) : -1;
        if (end > 0 && LENGTH.matcher(text).region(at + 1, end).matches()) {
            at = end + 1;
        }
    }

    private void named(String name) {
        if (SPACES.contains(name)) {
            spaced = true;
        } else if (LOOKS.contains(name)) {
            if ((name.equals("left") || name.equals("right")) && at < text.length() && text.charAt(at) == '.') {
                at++;
            }
        } else if (name.equals("hspace") || name.equals("phantom") || name.equals("label")) {
            group();
            spaced = true;
        } else if (TEXTS.contains(name)) {
            words(name);
        } else {
            String known = ALIASES.getOrDefault(name, name);
            if (known.length() == 1 || known.startsWith("\\")) {
                bracket(known.equals("\\{") ? '(' : known.equals("\\}") ? ')' : known.charAt(0));
                add(Kind.SIGN, known);
            } else {
                add(Kind.COMMAND, known);
            }
        }
    }

    /** Letters set in another face stay letters if they are single ones, or a function's name. */
    private void words(String command) {
        String content = group();
        String stripped = content.strip();
        if (stripped.isEmpty()) {
            spaced = true;
        } else if (TEXTS_IN_WORDS_ONLY.contains(command) && stripped.chars().noneMatch(Character::isDigit)
                || stripped.length() > 1
                        && stripped.chars().allMatch(Character::isLetter)
                        && !command.equals("operatorname")) {
            add(Kind.WORDS, stripped);
        } else {
            Lexer inner = new Lexer(content);
            while (inner.at < inner.text.length()) {
                inner.next();
            }
            tokens.addAll(inner.tokens);
        }
    }

    /** What stands between the braces that follow, or the one character if none do. */
    private String group() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (at == text.length()) {
            return "";
        }
        if (text.charAt(at) != '{') {
            return text.substring(at, ++at);
        }
        int start = ++at;
        int depth = 1;
        while (at < text.length()) {
            char c = text.charAt(at++);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return text.substring(start, at - 1);
            }
        }
        throw new Unreadable("a brace is not closed");
    }

    private void number() {
        int start = at;
        StringBuilder digits = new StringBuilder();
        digits(digits);
        int separator = separator(at);
        // 1,234 is one number, but (1,234) two: within brackets a comma separates, except before 000.
        while (separator > 0 && at - start <= 3 + 8 * digits.length() && groups(digits, start)) {
            at += separator;
            digits(digits);
            separator = separator(at);
        }
        int scale = 0;
        if (at < text.length() && text.charAt(at) == '.' && digit(at + 1)) {
            at++;
            int before = digits.length();
            digits(digits);
            scale = digits.length() - before;
        }
        if (digits.length() > MAX_DIGITS) {
            throw new Unreadable("a number has more than " + MAX_DIGITS + " digits");
        }
        Fraction value = Fraction.of(new BigDecimal(new BigInteger(digits.isEmpty() ? "0" : digits.toString()), scale));
        Fraction repeating = repeating(scale);
        if (repeating != null) {
            value = value.plus(repeating);
        } else {
            value = scientific(value);
        }
        tokens.add(new Token(Kind.NUMBER, text.substring(start, at), value, spaced));
        spaced = false;
    }

    private void digits(StringBuilder into) {
        while (digit(at)) {
            into.append(text.charAt(at++));
        }
    }

    /** Whether what was read so far may go on with a group of three digits. */
    private boolean groups(StringBuilder digits, int start) {
        return digits.length() <= 3 ? digits.length() > 0 && text.charAt(start) != '0' : true;
    }

    /** The length of what separates thousands here; 0 if nothing does. */
    private int separator(int from) {
        for (String separator : SEPARATORS) {
            if (text.startsWith(separator, from)) {
                int group = from + separator.length();
                boolean three = digit(group) && digit(group + 1) && digit(group + 2) && !digit(group + 3);
                boolean list = separator.equals(",") && brackets > 0 && !text.startsWith("000", group);
                // 1 000/3 may be a mixed number, and in a matrix numbers stand side by side.
                boolean apart = separator.equals(" ") && (brackets > 0 || text.startsWith("/", group + 3));
                return three && !list && !apart ? separator.length() : 0;
            }
        }
        return 0;
    }

    /** {@code 0.1\overline{6}}: the part that repeats after {@code scale} decimals. */
    private @Nullable Fraction repeating(int scale) {
        int overline = at < text.length() && text.charAt(at) == '.' ? at + 1 : scale > 0 ? at : -1;
        if (overline < 0 || !text.startsWith("\\overline", overline)) {
            return null;
        }
        at = overline + "\\overline".length();
        String period = group();
        if (period.isEmpty() || period.length() > 50 || !period.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new Unreadable("'\\overline{" + period + "}' after a decimal point is not a period");
        }
        BigInteger nines = BigInteger.TEN.pow(period.length()).subtract(BigInteger.ONE);
        return new Fraction(new BigInteger(period), nines.multiply(BigInteger.TEN.pow(scale)));
    }

    /** {@code 1.5e-3}. */
    private Fraction scientific(Fraction value) {
        if (at >= text.length() || text.charAt(at) != 'e' && text.charAt(at) != 'E') {
            return value;
        }
        int from = at + 1;
        boolean negative = from < text.length() && text.charAt(from) == '-';
        from += negative || from < text.length() && text.charAt(from) == '+' ? 1 : 0;
        int end = from;
        while (digit(end)) {
            end++;
        }
        if (end == from || end < text.length() && Character.isLetter(text.charAt(end))) {
            return value;
        }
        int exponent = end - from > 3 ? MAX_EXPONENT + 1 : Integer.parseInt(text.substring(from, end));
        if (exponent > MAX_EXPONENT) {
            throw new Unreadable("the exponent of 10 is beyond " + MAX_EXPONENT);
        }
        at = end;
        return value.times(Fraction.of(10).power(negative ? -exponent : exponent));
    }

    private boolean digit(int i) {
        return i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }

    private static boolean asciiLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private void add(Kind kind, String what) {
        tokens.add(new Token(kind, what, null, spaced));
        spaced = false;
    }
}
