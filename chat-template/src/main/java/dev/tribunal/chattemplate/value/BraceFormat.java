package dev.tribunal.chattemplate.value;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Python's {@code str.format}: fields by position and name, {@code !s} and {@code !r}, and of the format language
 * {@code [[fill]<|>|^][0][width][.digits][s|d|f]}.
 */
final class BraceFormat {

    private static final Pattern FIELD = Pattern.compile("\\{(\\w*)(?:!([sr]))?(?::([^{}]*))?\\}");
    private static final Pattern SPECIFICATION =
            Pattern.compile("(?:(.)?([<>^]))?(0)?(\\d{0,6})(?:\\.(\\d{1,3}))?([sdf])?", Pattern.DOTALL);

    private BraceFormat() {}

    static String format(String format, Arguments arguments) {
        StringBuilder formatted = new StringBuilder();
        int automatic = 0;
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '{' && c != '}') {
                formatted.append(c);
            } else if (i + 1 < format.length() && format.charAt(i + 1) == c) {
                formatted.append(c);
                i++;
            } else {
                Matcher field = FIELD.matcher(format).region(i, format.length());
                if (!field.lookingAt()) {
                    throw new Failure("the format " + Printing.quote(format) + " is not supported");
                }
                String name = field.group(1).isEmpty() ? Integer.toString(automatic++) : field.group(1);
                formatted.append(field(value(name, arguments), field.group(2), field.group(3)));
                i = field.end() - 1;
            }
            Limits.requireText(formatted.length());
        }
        return formatted.toString();
    }

    private static Value value(String name, Arguments arguments) {
        boolean position = name.chars().allMatch(c -> c >= '0' && c <= '9') && name.length() < 6;
        if (position && Integer.parseInt(name) < arguments.positional().size()) {
            return arguments.positional().get(Integer.parseInt(name));
        }
        Value named = arguments.named().get(name);
        if (named == null) {
            throw new Failure("the format has no value for '" + name + "'");
        }
        return named;
    }

    private static String field(Value value, String conversion, String specification) {
        Value converted = conversion == null
                ? value
                : new Value.Text(conversion.equals("r") ? Printing.representation(value) : Printing.text(value));
        if (specification == null || specification.isEmpty()) {
            return Printing.text(converted);
        }
        Matcher parts = SPECIFICATION.matcher(specification);
        if (!parts.matches()) {
            throw new Failure("the format specification '" + specification + "' is not supported");
        }
        return aligned(parts, converted);
    }

    private static String aligned(Matcher parts, Value value) {
        boolean number = Operations.number(value).isPresent() && !(value instanceof Value.Bool);
        String text = text(parts, value);
        boolean zeros = parts.group(3) != null;
        String fill = parts.group(1) != null ? parts.group(1) : zeros ? "0" : " ";
        long width = parts.group(4).isEmpty() ? 0 : Long.parseLong(parts.group(4));
        String padding = StringMethods.padding(text, width, fill);
        String alignment = parts.group(2) != null ? parts.group(2) : zeros && number ? "=" : number ? ">" : "<";
        return switch (alignment) {
            case "<" -> text + padding;
            case ">" -> padding + text;
            case "=" -> text.startsWith("-") ? "-" + padding + text.substring(1) : padding + text;
            default -> {
                int left = padding.length() / 2;
                yield padding.substring(0, left) + text + padding.substring(left);
            }
        };
    }

    private static String text(Matcher parts, Value value) {
        String type = parts.group(6) == null ? "" : parts.group(6);
        String digits = parts.group(5);
        if (type.equals("d") && digits == null) {
            return Long.toString(NumberFormat.integer(value));
        }
        if (type.equals("f")) {
            return NumberFormat.fixed(NumberFormat.real(value), digits == null ? 6 : Integer.parseInt(digits));
        }
        if (digits == null && (type.isEmpty() || value instanceof Value.Text)) {
            return Printing.text(value);
        }
        throw new Failure("the format specification of " + Printing.type(value) + " is not supported");
    }
}
