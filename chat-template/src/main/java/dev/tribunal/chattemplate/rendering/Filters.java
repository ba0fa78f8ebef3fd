package dev.tribunal.chattemplate.rendering;

import dev.tribunal.chattemplate.value.Arguments;
import dev.tribunal.chattemplate.value.Arguments.Bound;
import dev.tribunal.chattemplate.value.Failure;
import dev.tribunal.chattemplate.value.Limits;
import dev.tribunal.chattemplate.value.NumberFormat;
import dev.tribunal.chattemplate.value.Operations;
import dev.tribunal.chattemplate.value.PercentFormat;
import dev.tribunal.chattemplate.value.Printing;
import dev.tribunal.chattemplate.value.StringMethods;
import dev.tribunal.chattemplate.value.StringSplits;
import dev.tribunal.chattemplate.value.Value;
import dev.tribunal.chattemplate.value.Value.Int;
import dev.tribunal.chattemplate.value.Value.Text;
import dev.tribunal.chattemplate.value.Value.Undefined;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Jinja's filters of single values; {@link ListFilters} has those that go through items. */
public final class Filters {

    private static final Pattern WORD_START = Pattern.compile("(?<=[-\\s({\\[<])", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    interface Filter {
        Value apply(Value value, Arguments arguments);
    }

    private static final Map<String, Filter> FILTERS = Map.ofEntries(
            Map.entry("abs", Filters::absolute),
            Map.entry("attr", (value, arguments) -> attribute(value, arguments.bind("attr", "name"))),
            Map.entry("capitalize", text("capitalize", StringMethods::capitalize)),
            Map.entry("center", Filters::center),
            Map.entry("count", Filters::length),
            Map.entry("d", Filters::otherwise),
            Map.entry("default", Filters::otherwise),
            Map.entry("float", Numbers::real),
            Map.entry("format", Filters::format),
            Map.entry("indent", Filters::indent),
            Map.entry("int", Numbers::integer),
            Map.entry("length", Filters::length),
            Map.entry("lower", text("lower", text -> text.toLowerCase(Locale.ROOT))),
            Map.entry("replace", Filters::replace),
            Map.entry("round", Numbers::round),
            Map.entry("safe", (value, arguments) -> safe(value, arguments.bind("safe"))),
            Map.entry("string", Filters::string),
            Map.entry("title", text("title", Filters::title)),
            Map.entry("tojson", Json::write),
            Map.entry("trim", Filters::trim),
            Map.entry("upper", text("upper", text -> text.toUpperCase(Locale.ROOT))),
            Map.entry("wordcount", Filters::wordCount));

    private Filters() {}

    static Value apply(String name, Value value, Arguments arguments) {
        return Optional.ofNullable(FILTERS.get(name))
                .or(() -> ListFilters.find(name))
                .orElseThrow(() -> new Failure("no filter named '" + name + "' is known here"))
                .apply(value, arguments);
    }

    private static Filter text(String name, java.util.function.UnaryOperator<String> change) {
        return (value, arguments) -> {
            arguments.bind(name);
            return new Text(change.apply(Printing.text(value)));
        };
    }

    private static Value absolute(Value value, Arguments arguments) {
        arguments.bind("abs");
        boolean negative = Operations.number(value).orElse(0.0) < 0;
        return Operations.signed(negative, value);
    }

    private static Value attribute(Value value, Bound bound) {
        Value found = Attributes.attribute(value, bound.text("name"));
        return value instanceof Value.Dict dict && dict.entries().containsValue(found)
                ? new Undefined("'dict object' has no attribute '" + bound.text("name") + "'")
                : found;
    }

    private static Value center(Value value, Arguments arguments) {
        long width = arguments.bind("center", "width").integer("width", 80);
        return new Text(StringMethods.center(Printing.text(value), width, " "));
    }

    private static Value length(Value value, Arguments arguments) {
        arguments.bind("length");
        return new Int(Operations.length(value));
    }

    private static Value otherwise(Value value, Arguments arguments) {
        Bound bound = arguments.bind("default", "default_value", "boolean");
        boolean missing = value instanceof Undefined || bound.flag("boolean", false) && !Operations.isTrue(value);
        return missing ? bound.find("default_value").orElse(Text.EMPTY) : value;
    }

    private static Value format(Value value, Arguments arguments) {
        if (!arguments.positional().isEmpty() && !arguments.named().isEmpty()) {
            throw new Failure("format takes values with names or without, not both");
        }
        Value values =
                arguments.named().isEmpty() ? new Value.Tuple(arguments.positional()) : Globals.dict(arguments.named());
        return new Text(PercentFormat.format(Printing.text(value), values));
    }

    private static Value indent(Value value, Arguments arguments) {
        Bound bound = arguments.bind("indent", "width", "first", "blank");
        String indentation = bound.find("width").orElse(new Int(4)) instanceof Text(String text)
                ? text
                : " ".repeat(Limits.requireText(Math.max(0, bound.integer("width", 4))));
        if (!(value instanceof Text(String text))) {
            Operations.requireDefined(value);
            throw new Failure("indent needs a text, not " + Printing.type(value));
        }
        List<String> lines = StringSplits.lines(text + "\n", false);
        Limits.requireText(text.length() + (long) lines.size() * indentation.length());
        StringBuilder indented = new StringBuilder(bound.flag("first", false) ? indentation : "");
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean blank = line.isEmpty() && !bound.flag("blank", false);
            indented.append(i == 0 ? "" : blank ? "\n" : "\n" + indentation).append(line);
        }
        return new Text(indented.toString());
    }

    private static Value replace(Value value, Arguments arguments) {
        Bound bound = arguments.bind("replace", "old", "new", "count");
        long count = bound.some("count").isPresent() ? bound.integer("count", -1) : -1;
        return new Text(StringMethods.replace(
                Printing.text(value), Printing.text(bound.get("old")), Printing.text(bound.get("new")), count));
    }

    private static Value safe(Value value, Bound unused) {
        return new Value.Markup(Printing.text(value));
    }

    private static Value string(Value value, Arguments arguments) {
        arguments.bind("string");
        return value instanceof Value.Markup ? value : new Text(Printing.text(value));
    }

    private static String title(String text) {
        StringBuilder title = new StringBuilder();
        for (String part : WORD_START.split(text)) {
            if (!part.isEmpty()) {
                int second = part.offsetByCodePoints(0, 1);
                title.append(part.substring(0, second).toUpperCase(Locale.ROOT))
                        .append(part.substring(second).toLowerCase(Locale.ROOT));
            }
        }
        return title.toString();
    }

    private static Value trim(Value value, Arguments arguments) {
        return new Text(
                StringMethods.strip(Printing.text(value), StringMethods.characters("trim", arguments), true, true));
    }

    private static Value wordCount(Value value, Arguments arguments) {
        arguments.bind("wordcount");
        return new Int(WORD.matcher(Printing.text(value)).results().count());
    }

    /** Numbers from anything. */
    private static final class Numbers {

        private static final Pattern REAL = Pattern.compile("[+-]?(\\d+(_\\d+)*)?\\.?(\\d+(_\\d+)*)?([eE][+-]?\\d+)?");

        static Value integer(Value value, Arguments arguments) {
            Bound bound = arguments.bind("int", "default", "base");
            Operations.requireDefined(value);
            Optional<Long> integer = value instanceof Text(String text)
                    ? integer(text.strip(), bound.integer("base", 10))
                            .or(() -> real(text).map(Numbers::whole))
                    : Operations.integer(value)
                            .or(() -> Operations.number(value).map(Numbers::whole));
            return integer.<Value>map(Int::new).orElse(bound.find("default").orElse(new Int(0)));
        }

        private static long whole(double number) {
            if (Math.abs(number) >= 0x1p63) {
                throw new Failure("the integer of " + Printing.real(number) + " is too large");
            }
            return (long) number;
        }

        private static Optional<Long> integer(String text, long base) {
            if (base < 2 || base > 36) {
                throw new Failure("int() needs a base from 2 to 36, not " + base);
            }
            try {
                return Optional.of(Long.parseLong(text.replaceAll("(?<=\\w)_(?=\\w)", ""), (int) base));
            } catch (NumberFormatException otherwise) {
                return Optional.empty();
            }
        }

        static Value real(Value value, Arguments arguments) {
            Bound bound = arguments.bind("float", "default");
            Operations.requireDefined(value);
            Optional<Double> real = value instanceof Text(String text) ? real(text) : Operations.number(value);
            return real.<Value>map(Value.Real::new).orElse(bound.find("default").orElse(new Value.Real(0)));
        }

        private static Optional<Double> real(String text) {
            String number = text.strip();
            if (REAL.matcher(number).matches() && number.chars().anyMatch(Character::isDigit)) {
                try {
                    return Optional.of(Double.parseDouble(number.replace("_", "")));
                } catch (NumberFormatException otherwise) {
                    return Optional.empty();
                }
            }
            return Optional.empty();
        }

        static Value round(Value value, Arguments arguments) {
            Bound bound = arguments.bind("round", "precision", "method");
            long precision = bound.integer("precision", 0);
            String method = bound.text("method", "common");
            double number = NumberFormat.real(value);
            if (Math.abs(precision) > 300) {
                throw new Failure("round() to " + precision + " digits is not supported");
            }
            double scale = Math.pow(10, (double) precision);
            return switch (method) {
                case "common" ->
                    value instanceof Value.Real
                            ? new Value.Real(Double.parseDouble(NumberFormat.fixed(number, (int) precision)))
                            : rounded(value, precision);
                case "ceil" -> new Value.Real(Math.ceil(number * scale) / scale);
                case "floor" -> new Value.Real(Math.floor(number * scale) / scale);
                default -> throw new Failure("round() needs the method common, ceil or floor, not " + method);
            };
        }

        private static Value rounded(Value integer, long precision) {
            if (precision < 0) {
                throw new Failure("round() of an integer to tens is not supported");
            }
            return new Int(NumberFormat.integer(integer));
        }
    }
}
