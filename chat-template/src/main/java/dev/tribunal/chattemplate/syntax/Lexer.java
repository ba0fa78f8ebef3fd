package dev.tribunal.chattemplate.syntax;

import dev.tribunal.chattemplate.TemplateException;
import dev.tribunal.chattemplate.syntax.Token.Kind;
import dev.tribunal.chattemplate.value.Whitespace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A template's text to tokens, as Jinja's lexer does with {@code trim_blocks} and {@code lstrip_blocks}: the first
 * line break after a block or comment goes, and the blanks before one that begins its line.
 */
final class Lexer {

    private static final Pattern RAW = spaced("raw\\s*(?:-%}\\s*|%})");
    private static final Pattern END_RAW = spaced("endraw\\s*(?:\\+%}|-%}\\s*|%}\\n?)");
    private static final String DIGITS = "(?:\\d+_)*\\d+";
    private static final Pattern FLOAT = Pattern.compile(
            "(?<!\\.)" + DIGITS + "(?:(?:\\." + DIGITS + ")?[eE][+-]?" + DIGITS + "|\\." + DIGITS + ")");
    private static final Pattern INTEGER =
            Pattern.compile("0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");
    private static final Pattern NAME = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private boolean lineStarts = true;

    private Lexer(String source) {
        this.source = source;
    }

    /** The tag that goes on like this. */
    private static Pattern spaced(String rest) {
        return Pattern.compile("\\{%[-+]?\\s*" + rest, Pattern.UNICODE_CHARACTER_CLASS);
    }

    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        while (lexer.position < lexer.source.length()) {
            lexer.dataAndTag();
        }
        lexer.add(Kind.END, "");
        return lexer.tokens;
    }

    /** The text up to the next tag, and the tag. */
    private void dataAndTag() {
        int tag = position;
        while (tag < source.length() && !isTag(tag)) {
            tag++;
        }
        if (tag == source.length()) {
            data(source.substring(position), ' ', tag);
            return;
        }
        char kind = source.charAt(tag + 1);
        Matcher raw = at(RAW, tag);
        if (raw.lookingAt()) {
            data(source.substring(position, tag), kind, tag + 2);
            moveTo(raw.end());
            raw();
            return;
        }
        char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
        boolean signed = sign == '-' || sign == '+';
        data(source.substring(position, tag), kind, tag + 2);
        moveTo(tag + (signed ? 3 : 2));
        switch (kind) {
            case '#' -> comment();
            case '{' -> {
                add(Kind.PRINT_BEGIN, "");
                inside("}}", Kind.PRINT_END);
            }
            default -> {
                add(Kind.BLOCK_BEGIN, "");
                inside("%}", Kind.BLOCK_END);
            }
        }
    }

    private boolean isTag(int index) {
        return source.startsWith("{%", index) || source.startsWith("{{", index) || source.startsWith("{#", index);
    }

    /**
     * Text in front of a tag.
     *
     * @param tag the tag's second character, or a blank where the template ends
     * @param sign where the tag's sign would be
     */
    private void data(String text, char tag, int sign) {
        char control = sign < source.length() ? source.charAt(sign) : ' ';
        String kept = text;
        if (tag != ' ' && control == '-') {
            kept = Whitespace.stripTrailing(text);
        } else if ((tag == '%' || tag == '#') && control != '+') {
            int lineStart = text.lastIndexOf('\n') + 1;
            if ((lineStart > 0 || lineStarts) && Whitespace.isBlank(text.substring(lineStart))) {
                kept = text.substring(0, lineStart);
            }
        }
        if (!kept.isEmpty()) {
            add(Kind.DATA, kept);
        }
        moveTo(position + text.length());
    }

    private void comment() {
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw new TemplateException(line, "the comment has no end '#}'");
        }
        char sign = end > position ? source.charAt(end - 1) : ' ';
        moveTo(afterEnd(end + 2, sign, true));
    }

    private void raw() {
        Matcher end = END_RAW.matcher(source);
        if (!end.find(position)) {
            throw new TemplateException(line, "the raw block has no end '{% endraw %}'");
        }
        data(source.substring(position, end.start()), '%', end.start() + 2);
        moveTo(end.end());
    }

    /** The white space that goes after the end of a tag. */
    private int afterEnd(int end, char sign, boolean trimsLineBreak) {
        if (sign == '-') {
            int next = end;
            while (next < source.length() && Whitespace.is(source.charAt(next))) {
                next++;
            }
            return next;
        }
        return trimsLineBreak && sign != '+' && source.startsWith("\n", end) ? end + 1 : end;
    }

    /** Tokens up to the tag's end, which counts only outside of brackets. */
    private void inside(String end, Kind endKind) {
        boolean block = endKind == Kind.BLOCK_END;
        Deque<Character> open = new ArrayDeque<>();
        while (position < source.length()) {
            if (open.isEmpty()) {
                char sign = source.charAt(position);
                boolean signed = (sign == '-' || block && sign == '+') && source.startsWith(end, position + 1);
                if (signed || source.startsWith(end, position)) {
                    add(endKind, "");
                    moveTo(afterEnd(position + (signed ? 3 : 2), signed ? sign : ' ', block));
                    return;
                }
            }
            token(open);
        }
        throw new TemplateException(line, "the tag has no end '" + end + "'");
    }

    private void token(Deque<Character> open) {
        char next = source.charAt(position);
        if (Whitespace.is(next)) {
            moveTo(position + 1);
        } else if (next == '\'' || next == '"') {
            string(next);
        } else if (!matches(FLOAT, Kind.FLOAT) && !matches(INTEGER, Kind.INTEGER) && !matches(NAME, Kind.NAME)) {
            if (!matches(OPERATOR, Kind.OPERATOR)) {
                throw new TemplateException(line, "unexpected character '" + next + "'");
            }
            balance(tokens.getLast().text(), open);
        }
    }

    private void balance(String operator, Deque<Character> open) {
        switch (operator) {
            case "(" -> open.push(')');
            case "[" -> open.push(']');
            case "{" -> open.push('}');
            case ")", "]", "}" -> {
                if (open.isEmpty() || open.pop() != operator.charAt(0)) {
                    throw new TemplateException(line, "unexpected '" + operator + "'");
                }
            }
            default -> {}
        }
    }

    private boolean matches(Pattern pattern, Kind kind) {
        Matcher matcher = at(pattern, position);
        if (!matcher.lookingAt()) {
            return false;
        }
        add(kind, kind == Kind.NAME ? matcher.group() : matcher.group().replace("_", ""));
        moveTo(matcher.end());
        return true;
    }

    private void string(char quote) {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw new TemplateException(line, "the string has no end " + quote);
        }
        add(Kind.STRING, Escapes.unescape(source.substring(position + 1, end), line));
        moveTo(end + 1);
    }

    private Matcher at(Pattern pattern, int index) {
        return pattern.matcher(source).region(index, source.length()).useTransparentBounds(true);
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }

    private void moveTo(int end) {
        for (; position < end; position++) {
            lineStarts = source.charAt(position) == '\n';
            line += lineStarts ? 1 : 0;
        }
    }
}
