package dev.tribunal.chattemplate.value;

import dev.tribunal.chattemplate.value.Value.Text;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code format % values}, with {@code s}, {@code r}, {@code d}, {@code i}, {@code f} and {@code x}. */
public final class PercentFormat {

    private static final Pattern FIELD =
            Pattern.compile("%(?:\\((\\w+)\\))?([-0]*)(\\d{0,6})(?:\\.(\\d{1,3}))?([a-zA-Z%])", Pattern.DOTALL);

    private PercentFormat() {}

    public static String format(String format, Value values) {
        List<Value> given = values instanceof Value.Tuple(List<Value> several) ? several : List.of(values);
        Iterator<Value> next = given.iterator();
        StringBuilder formatted = new StringBuilder();
        int position = 0;
        for (int at = format.indexOf('%'); at >= 0; at = format.indexOf('%', position)) {
            Matcher field = FIELD.matcher(format).region(at, format.length());
            if (!field.lookingAt()) {
                throw new Failure("unsupported format character in " + Printing.quote(format));
            }
            formatted.append(format, position, at);
            position = field.end();
            if (field.group(5).equals("%")) {
                formatted.append('%');
            } else {
                formatted.append(padded(field, convert(field, value(field, values, next))));
            }
            Limits.requireText(formatted.length());
        }
        if (next.hasNext() && !isMapping(values)) {
            throw new Failure("not all arguments converted during string formatting");
        }
        return formatted.append(format.substring(position)).toString();
    }

    /** What Python would look names up in, and so takes without a field for it. */
    private static boolean isMapping(Value values) {
        return values instanceof Value.Dict || values instanceof Value.Sequence || values instanceof Value.Undefined;
    }

    private static Value value(Matcher field, Value values, Iterator<Value> next) {
        if (field.group(1) != null) {
            Value found = values instanceof Value.Dict dict ? dict.entries().get(new Text(field.group(1))) : null;
            if (found == null) {
                throw new Failure("the format has no value for '" + field.group(1) + "'");
            }
            return found;
        }
        if (!next.hasNext()) {
            throw new Failure("not enough arguments for format string");
        }
        return next.next();
    }

    private static String convert(Matcher field, Value value) {
        String precision = field.group(4);
        return switch (field.group(5)) {
            case "s" -> cut(Printing.text(value), precision);
            case "r" -> cut(Printing.representation(value), precision);
            case "d", "i" -> Long.toString(whole(value));
            case "x" -> whole(value) < 0 ? "-" + Long.toHexString(-whole(value)) : Long.toHexString(whole(value));
            case "f" -> NumberFormat.fixed(real(value), precision == null ? 6 : Integer.parseInt(precision));
            default -> throw new Failure("the format character '" + field.group(5) + "' is not supported");
        };
    }

    private static String cut(String text, String precision) {
        return precision == null
                ? text
                : text.substring(
                        0,
                        text.offsetByCodePoints(
                                0, Math.min(Integer.parseInt(precision), text.codePointCount(0, text.length()))));
    }

    private static long whole(Value value) {
        return value instanceof Value.Real(double number) ? (long) number : NumberFormat.integer(value);
    }

    private static double real(Value value) {
        return NumberFormat.real(value);
    }

    private static String padded(Matcher field, String text) {
        String flags = field.group(2);
        long width = field.group(3).isEmpty() ? 0 : Long.parseLong(field.group(3));
        if (flags.contains("-")) {
            return text + StringMethods.padding(text, width, " ");
        }
        boolean number = !field.group(5).equals("s") && !field.group(5).equals("r");
        if (flags.contains("0") && number) {
            int sign = text.startsWith("-") ? 1 : 0;
            return text.substring(0, sign) + StringMethods.padding(text, width, "0") + text.substring(sign);
        }
        return StringMethods.padding(text, width, " ") + text;
    }
}
