package dev.tribunal.chattemplate.value;

import dev.tribunal.chattemplate.value.Arguments.Bound;
import dev.tribunal.chattemplate.value.Value.Bool;
import dev.tribunal.chattemplate.value.Value.Int;
import dev.tribunal.chattemplate.value.Value.Text;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's {@code str}. Positions count code points. */
public final class StringMethods {

    private static final Map<String, BiFunction<String, Arguments, Value>> METHODS = Map.ofEntries(
            Map.entry("strip", (text, arguments) -> new Text(strip(text, characters("strip", arguments), true, true))),
            Map.entry("lstrip", (text, a) -> new Text(strip(text, characters("lstrip", a), true, false))),
            Map.entry("rstrip", (text, a) -> new Text(strip(text, characters("rstrip", a), false, true))),
            Map.entry("split", StringSplits::split),
            Map.entry("rsplit", StringSplits::splitFromTheRight),
            Map.entry("splitlines", StringSplits::splitLines),
            Map.entry("partition", StringSplits::partition),
            Map.entry("rpartition", StringSplits::partitionFromTheRight),
            Map.entry("startswith", (text, arguments) -> Bool.of(matches("startswith", text, arguments))),
            Map.entry("endswith", (text, arguments) -> Bool.of(matches("endswith", text, arguments))),
            Map.entry("removeprefix", StringMethods::removePrefix),
            Map.entry("removesuffix", StringMethods::removeSuffix),
            Map.entry("replace", StringMethods::replace),
            Map.entry("join", StringMethods::join),
            Map.entry("format", (text, arguments) -> new Text(BraceFormat.format(text, arguments))),
            Map.entry("upper", plain("upper", text -> text.toUpperCase(Locale.ROOT))),
            Map.entry("lower", plain("lower", text -> text.toLowerCase(Locale.ROOT))),
            Map.entry("capitalize", plain("capitalize", StringMethods::capitalize)),
            Map.entry("title", plain("title", StringMethods::title)),
            Map.entry("find", (text, arguments) -> new Int(index("find", text, arguments))),
            Map.entry("rfind", (text, arguments) -> new Int(index("rfind", text, arguments))),
            Map.entry("index", (text, arguments) -> new Int(foundIndex("index", text, arguments))),
            Map.entry("rindex", (text, arguments) -> new Int(foundIndex("rindex", text, arguments))),
            Map.entry("count", StringMethods::count),
            Map.entry("center", StringMethods::center),
            Map.entry("ljust", (text, arguments) -> pad("ljust", text, arguments)),
            Map.entry("rjust", (text, arguments) -> pad("rjust", text, arguments)),
            Map.entry("zfill", StringMethods::fillWithZeros),
            Map.entry("isspace", all("isspace", Whitespace::is)),
            Map.entry("isdigit", all("isdigit", Character::isDigit)),
            Map.entry("isdecimal", all("isdecimal", Character::isDigit)),
            Map.entry("isalpha", all("isalpha", Character::isLetter)),
            Map.entry("isalnum", all("isalnum", Character::isLetterOrDigit)),
            Map.entry(
                    "isprintable",
                    (text, arguments) -> Bool.of(text.codePoints().allMatch(Printing::isPrintable))),
            Map.entry("isascii", (text, arguments) -> Bool.of(text.chars().allMatch(c -> c < 128))),
            Map.entry("isupper", (text, arguments) -> Bool.of(isCased(text, true))),
            Map.entry("islower", (text, arguments) -> Bool.of(isCased(text, false))));

    private static final Set<String> TAKES_NAMES = Set.of("split", "rsplit", "splitlines", "format");

    private StringMethods() {}

    public static Optional<Value> find(String text, String name) {
        return Optional.ofNullable(METHODS.get(name))
                .map(method -> new Value.Function(name, arguments -> {
                    if (!arguments.named().isEmpty() && !TAKES_NAMES.contains(name)) {
                        throw new Failure("str." + name + "() takes no keyword arguments");
                    }
                    return method.apply(text, arguments);
                }));
    }

    private static BiFunction<String, Arguments, Value> plain(String name, Function<String, String> change) {
        return (text, arguments) -> {
            arguments.bind(name);
            return new Text(change.apply(text));
        };
    }

    private static BiFunction<String, Arguments, Value> all(String name, IntPredicate predicate) {
        return (text, arguments) -> {
            arguments.bind(name);
            return Bool.of(!text.isEmpty() && text.codePoints().allMatch(predicate));
        };
    }

    /** What the argument says to strip; white space without one. */
    public static IntPredicate characters(String name, Arguments arguments) {
        Bound bound = arguments.bind(name, "chars");
        if (bound.some("chars").isEmpty()) {
            return Whitespace::is;
        }
        String characters = bound.text("chars");
        return character -> characters.indexOf(character) >= 0;
    }

    public static String strip(String text, IntPredicate stripped, boolean left, boolean right) {
        int start = 0;
        int end = text.length();
        while (left && start < end && stripped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && stripped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static boolean matches(String name, String text, Arguments arguments) {
        Bound bound = arguments.bind(name, "affix", "start", "end");
        String searched = between(text, bound);
        if (searched == null) {
            return false;
        }
        List<Value> affixes =
                bound.get("affix") instanceof Value.Tuple(List<Value> several) ? several : List.of(bound.get("affix"));
        boolean found = false;
        for (Value affix : affixes) {
            if (!(affix instanceof Text(String part))) {
                Operations.requireDefined(affix);
                throw new Failure(name + "() needs a text or a tuple of texts, not " + Printing.type(affix));
            }
            found |= name.equals("startswith") ? searched.startsWith(part) : searched.endsWith(part);
        }
        return found;
    }

    /** The part from {@code start} to {@code end}, or null if it begins behind the text. */
    private static @Nullable String between(String text, Bound bound) {
        int length = text.codePointCount(0, text.length());
        long start = position(bound.some("start").isPresent() ? bound.integer("start", 0) : 0, length);
        long end = bound.some("end").isPresent() ? bound.integer("end", 0) : length;
        end = Math.min(position(end, length), length);
        if (start > length || start > end) {
            return null;
        }
        int from = text.offsetByCodePoints(0, (int) start);
        return text.substring(from, text.offsetByCodePoints(from, (int) (end - start)));
    }

    private static long position(long given, int length) {
        return given < 0 ? Math.max(0, given + length) : given;
    }

    private static Value removePrefix(String text, Arguments arguments) {
        String prefix = arguments.bind("removeprefix", "prefix").text("prefix");
        return new Text(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
    }

    private static Value removeSuffix(String text, Arguments arguments) {
        String suffix = arguments.bind("removesuffix", "suffix").text("suffix");
        return new Text(text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text);
    }

    private static Value replace(String text, Arguments arguments) {
        Bound bound = arguments.bind("replace", "old", "new", "count");
        return new Text(replace(text, bound.text("old"), bound.text("new"), bound.integer("count", -1)));
    }

    /** The first {@code count} occurrences, or all if it is negative; an empty one is before every character. */
    public static String replace(String text, String old, String with, long count) {
        StringBuilder replaced = new StringBuilder();
        int position = 0;
        for (long left = count; left != 0; left--) {
            int next = text.indexOf(old, position);
            if (next < 0) {
                break;
            }
            Limits.requireText((long) replaced.length() + next - position + with.length());
            replaced.append(text, position, next).append(with);
            position = next + old.length();
            if (old.isEmpty()) {
                if (position == text.length()) {
                    break;
                }
                replaced.appendCodePoint(text.codePointAt(position));
                position = text.offsetByCodePoints(position, 1);
            }
        }
        return replaced.append(text, position, text.length()).toString();
    }

    private static Value join(String separator, Arguments arguments) {
        List<Value> items = Operations.items(arguments.bind("join", "iterable").get("iterable"));
        for (Value item : items) {
            if (!(item instanceof Text)) {
                throw new Failure("join() needs texts, not " + Printing.type(item));
            }
        }
        return new Text(join(items, separator));
    }

    public static String join(List<Value> items, String separator) {
        StringBuilder joined = new StringBuilder();
        String before = "";
        for (Value item : items) {
            joined.append(before).append(Printing.text(item));
            Limits.requireText(joined.length());
            before = separator;
        }
        return joined.toString();
    }

    public static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int second = text.offsetByCodePoints(0, 1);
        return titleCase(text.codePointAt(0)) + text.substring(second).toLowerCase(Locale.ROOT);
    }

    private static String title(String text) {
        StringBuilder title = new StringBuilder();
        boolean inWord = false;
        for (int c : text.codePoints().toArray()) {
            title.append(inWord ? Character.toString(c).toLowerCase(Locale.ROOT) : titleCase(c));
            inWord = Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
        }
        return title.toString();
    }

    /** Where one character becomes several, only the first stays large. */
    private static String titleCase(int character) {
        int single = Character.toTitleCase(character);
        String upper = Character.toString(character).toUpperCase(Locale.ROOT);
        return single != character || upper.codePointCount(0, upper.length()) == 1
                ? Character.toString(single)
                : upper.substring(0, 1) + upper.substring(1).toLowerCase(Locale.ROOT);
    }

    private static long index(String name, String text, Arguments arguments) {
        Bound bound = arguments.bind(name, "sub", "start", "end");
        String searched = between(text, bound);
        if (searched == null) {
            return -1;
        }
        boolean fromTheRight = name.startsWith("r");
        String wanted = bound.text("sub");
        int found = fromTheRight ? searched.lastIndexOf(wanted) : searched.indexOf(wanted);
        int length = text.codePointCount(0, text.length());
        long start = position(bound.some("start").isPresent() ? bound.integer("start", 0) : 0, length);
        return found < 0 ? -1 : start + searched.codePointCount(0, found);
    }

    private static long foundIndex(String name, String text, Arguments arguments) {
        long index = index(name.replace("index", "find"), text, arguments);
        if (index < 0) {
            throw new Failure("substring not found");
        }
        return index;
    }

    private static Value count(String text, Arguments arguments) {
        Bound bound = arguments.bind("count", "sub", "start", "end");
        String searched = between(text, bound);
        String wanted = bound.text("sub");
        if (searched == null) {
            return new Int(0);
        }
        if (wanted.isEmpty()) {
            return new Int(searched.codePointCount(0, searched.length()) + 1L);
        }
        long count = 0;
        for (int i = searched.indexOf(wanted); i >= 0; i = searched.indexOf(wanted, i + wanted.length())) {
            count++;
        }
        return new Int(count);
    }

    private static Value center(String text, Arguments arguments) {
        Bound bound = arguments.bind("center", "width", "fillchar");
        return new Text(center(text, bound.integer("width", 0), bound.text("fillchar", " ")));
    }

    public static String center(String text, long width, String fill) {
        int length = text.codePointCount(0, text.length());
        long missing = Limits.requireText(Math.max(0, width - length));
        long left = missing / 2 + (missing & width & 1);
        return fill.repeat((int) left) + text + fill.repeat((int) (missing - left));
    }

    private static Value pad(String name, String text, Arguments arguments) {
        Bound bound = arguments.bind(name, "width", "fillchar");
        String padding = padding(text, bound.integer("width", 0), bound.text("fillchar", " "));
        return new Text(name.equals("ljust") ? text + padding : padding + text);
    }

    static String padding(String text, long width, String fill) {
        return fill.repeat(Limits.requireText(Math.max(0, width - text.codePointCount(0, text.length()))));
    }

    private static Value fillWithZeros(String text, Arguments arguments) {
        int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        long width = arguments.bind("zfill", "width").integer("width", 0);
        return new Text(text.substring(0, sign) + padding(text, width, "0") + text.substring(sign));
    }

    /** Whether some character has a case and none has the other. */
    public static boolean isCased(String text, boolean upper) {
        boolean some = false;
        for (int c : text.codePoints().toArray()) {
            if (Character.isTitleCase(c) || (upper ? Character.isLowerCase(c) : Character.isUpperCase(c))) {
                return false;
            }
            some |= upper ? Character.isUpperCase(c) : Character.isLowerCase(c);
        }
        return some;
    }
}
