package dev.tribunal.chattemplate.value;

import dev.tribunal.chattemplate.value.Value.Text;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;

/** Python's {@code str}, {@code repr} and names of types. */
public final class Printing {

    private Printing() {}

    public static String text(Value value) {
        return switch (value) {
            case Text(String text) -> text;
            case Value.Markup(String text) -> text;
            case Value.Undefined undefined -> "";
            default -> representation(value);
        };
    }

    public static String representation(Value value) {
        return switch (value) {
            case Text(String text) -> quote(text);
            case Value.Int(long number) -> Long.toString(number);
            case Value.Real(double number) -> real(number);
            case Value.Bool(boolean truth) -> truth ? "True" : "False";
            case Value.None none -> "None";
            case Value.Sequence(List<Value> items) -> items(items, "[", "]");
            case Value.Tuple(List<Value> items) -> items(items, "(", items.size() == 1 ? ",)" : ")");
            case Value.Dict dict -> entries(dict);
            case Value.View(String type, List<Value> items) -> items(items, type + "([", "])");
            case Value.Range range ->
                "range(" + range.start() + ", " + range.stop() + (range.step() == 1 ? "" : ", " + range.step()) + ")";
            case Value.Undefined undefined -> "Undefined";
            case Value.Namespace namespace ->
                namespace.attributes().entrySet().stream()
                        .map(entry -> quote(entry.getKey()) + ": " + representation(entry.getValue()))
                        .collect(Collectors.joining(", ", "<Namespace {", "}>"));
            case Value.Loop(LoopState state) -> state.toString();
            case Value.Markup markup -> "Markup(" + quote(markup.text()) + ")";
            case Value.Generator generator ->
                throw new Failure("a generator has no text: put it through the filter list or join");
            case Value.Function(String name, Value.Function.Body body) ->
                throw new Failure("'" + name + "' is a function and has no text: call it");
        };
    }

    private static String items(List<Value> items, String begin, String end) {
        StringBuilder all = new StringBuilder(begin);
        for (Value item : items) {
            all.append(all.length() == begin.length() ? "" : ", ").append(representation(item));
            Limits.requireText(all.length());
        }
        return all.append(end).toString();
    }

    private static String entries(Value.Dict dict) {
        StringBuilder all = new StringBuilder("{");
        dict.entries().forEach((key, value) -> {
            all.append(all.length() == 1 ? "" : ", ")
                    .append(representation(key))
                    .append(": ")
                    .append(representation(value));
            Limits.requireText(all.length());
        });
        return all.append("}").toString();
    }

    /** The shortest digits that read back as the same number; an exponent below 1e-4 and from 1e16. */
    public static String real(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String digits = shortest.unscaledValue().abs().toString();
        return (number < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    static String quote(String text) {
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        StringBuilder quoted = new StringBuilder().append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c == '\\' || c == quote) {
                        quoted.append('\\').appendCodePoint(c);
                    } else if (isPrintable(c)) {
                        quoted.appendCodePoint(c);
                    } else {
                        String format = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
                        quoted.append(format.formatted(c));
                    }
                }
            }
        });
        return quoted.append(quote).toString();
    }

    static boolean isPrintable(int character) {
        return character == ' '
                || switch (Character.getType(character)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SPACE_SEPARATOR -> false;
                    default -> true;
                };
    }

    /** The name of the value's type in Python. */
    public static String type(Value value) {
        return switch (value) {
            case Text text -> "str";
            case Value.Int number -> "int";
            case Value.Real number -> "float";
            case Value.Bool truth -> "bool";
            case Value.None none -> "NoneType";
            case Value.Sequence items -> "list";
            case Value.Tuple items -> "tuple";
            case Value.Dict entries -> "dict";
            case Value.View(String type, List<Value> items) -> type;
            case Value.Range range -> "range";
            case Value.Generator items -> "generator";
            case Value.Undefined undefined -> "Undefined";
            case Value.Namespace attributes -> "Namespace";
            case Value.Markup markup -> "Markup";
            case Value.Function function -> "function";
            case Value.Loop loop -> "LoopContext";
        };
    }
}
