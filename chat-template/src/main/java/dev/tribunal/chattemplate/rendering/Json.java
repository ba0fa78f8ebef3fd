package dev.tribunal.chattemplate.rendering;

import dev.tribunal.chattemplate.value.Arguments;
import dev.tribunal.chattemplate.value.Arguments.Bound;
import dev.tribunal.chattemplate.value.Failure;
import dev.tribunal.chattemplate.value.Limits;
import dev.tribunal.chattemplate.value.Operations;
import dev.tribunal.chattemplate.value.Printing;
import dev.tribunal.chattemplate.value.Value;
import dev.tribunal.chattemplate.value.Value.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Python's {@code json.dumps} as transformers' {@code tojson} calls it: nothing is escaped for HTML or ASCII. */
final class Json {

    private final StringBuilder json = new StringBuilder();
    private final boolean ascii;
    private final boolean sorted;
    private final Optional<String> indent;
    private final String itemSeparator;
    private final String keySeparator;

    private Json(Bound options) {
        ascii = options.flag("ensure_ascii", false);
        sorted = options.flag("sort_keys", false);
        indent = options.some("indent")
                .map(width -> width instanceof Text(String text)
                        ? text
                        : " ".repeat(Limits.requireText(Math.max(0, options.integer("indent", 0)))));
        if (options.some("separators").isPresent()) {
            List<Value> separators = Operations.items(options.get("separators"));
            if (separators.size() != 2) {
                throw new Failure("tojson needs two separators");
            }
            itemSeparator = Printing.text(separators.getFirst());
            keySeparator = Printing.text(separators.getLast());
        } else {
            itemSeparator = indent.isPresent() ? "," : ", ";
            keySeparator = ": ";
        }
    }

    static Value write(Value value, Arguments arguments) {
        Bound options = arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        Json json = new Json(options);
        json.write(value, 0);
        return new Text(json.json.toString());
    }

    private void write(Value value, int depth) {
        Limits.requireText(json.length());
        switch (value) {
            case Text(String text) -> string(text);
            case Value.Int(long number) -> json.append(number);
            case Value.Real(double number) -> json.append(real(number));
            case Value.Bool(boolean truth) -> json.append(truth);
            case Value.None none -> json.append("null");
            case Value.Sequence(List<Value> items) -> array(items, depth);
            case Value.Tuple(List<Value> items) -> array(items, depth);
            case Value.Dict dict -> object(dict, depth);
            case Value.Markup(String text) -> string(text);
            default -> throw new Failure("Object of type " + Printing.type(value) + " is not JSON serializable");
        }
    }

    private static String real(double number) {
        return Double.isNaN(number)
                ? "NaN"
                : Double.isInfinite(number) ? (number > 0 ? "Infinity" : "-Infinity") : Printing.real(number);
    }

    private void array(List<Value> items, int depth) {
        json.append('[');
        for (int i = 0; i < items.size(); i++) {
            json.append(i == 0 ? "" : itemSeparator);
            line(depth + 1);
            write(items.get(i), depth + 1);
        }
        if (!items.isEmpty()) {
            line(depth);
        }
        json.append(']');
    }

    private void object(Value.Dict dict, int depth) {
        List<Map.Entry<Value, Value>> entries = new ArrayList<>(dict.entries().entrySet());
        if (sorted) {
            entries.sort(Comparator.comparing(Map.Entry::getKey, (a, b) -> Operations.compare(a, b, "<")));
        }
        json.append('{');
        for (int i = 0; i < entries.size(); i++) {
            json.append(i == 0 ? "" : itemSeparator);
            line(depth + 1);
            string(key(entries.get(i).getKey()));
            json.append(keySeparator);
            write(entries.get(i).getValue(), depth + 1);
        }
        if (!entries.isEmpty()) {
            line(depth);
        }
        json.append('}');
    }

    private static String key(Value key) {
        return switch (key) {
            case Text(String text) -> text;
            case Value.Int(long number) -> Long.toString(number);
            case Value.Real(double number) -> real(number);
            case Value.Bool(boolean truth) -> Boolean.toString(truth);
            case Value.None none -> "null";
            default -> throw new Failure("keys must be str, int, float, bool or None, not " + Printing.type(key));
        };
    }

    private void line(int depth) {
        indent.ifPresent(step -> {
            Limits.requireText(json.length() + (long) step.length() * depth);
            json.append('\n').append(step.repeat(depth));
        });
    }

    private void string(String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '\f' -> json.append("\\f");
                case '\b' -> json.append("\\b");
                default -> {
                    if (c < ' ' || ascii && c > '~') {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }
}
