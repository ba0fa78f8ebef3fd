package dev.tribunal.chattemplate.rendering;

import dev.tribunal.chattemplate.value.Arguments;
import dev.tribunal.chattemplate.value.Failure;
import dev.tribunal.chattemplate.value.LoopState;
import dev.tribunal.chattemplate.value.Operations;
import dev.tribunal.chattemplate.value.Printing;
import dev.tribunal.chattemplate.value.StringMethods;
import dev.tribunal.chattemplate.value.Value;
import dev.tribunal.chattemplate.value.Value.Text;
import dev.tribunal.chattemplate.value.Value.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code value.name}, {@code value[index]} and {@code value[start:stop:step]} as Jinja's sandbox has them. */
public final class Attributes {

    private static final Set<String> CHANGES_LIST =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> CHANGES_DICT = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Attributes() {}

    /** A method or attribute before an item of that name. */
    static Value attribute(Value target, String name) {
        Operations.requireDefined(target);
        return ofType(target, name)
                .or(() -> item(target, new Text(name), false))
                .orElseGet(() -> missing(target, new Text(name)));
    }

    /** An item before a method or attribute of that name. */
    static Value item(Value target, Value index) {
        Operations.requireDefined(target);
        return item(target, index, true)
                .or(() -> index instanceof Text(String name) ? ofType(target, name) : Optional.empty())
                .orElseGet(() -> missing(target, index));
    }

    private static Undefined missing(Value target, Value name) {
        String owner = target instanceof Value.None ? "None" : Printing.type(target) + " object";
        return new Undefined(
                name instanceof Text
                        ? "'" + owner + "' has no attribute " + Printing.representation(name)
                        : owner + " has no element " + Printing.representation(name));
    }

    private static Optional<Value> ofType(Value target, String name) {
        return switch (target) {
            case Text(String text) -> StringMethods.find(text, name);
            case Value.Dict dict -> CHANGES_DICT.contains(name) ? unsafe(name, "dict") : ofDict(dict, name);
            case Value.Sequence(List<Value> items) ->
                CHANGES_LIST.contains(name) ? unsafe(name, "list") : ofList(items, name);
            case Value.Tuple(List<Value> items) -> name.equals("copy") ? Optional.empty() : ofList(items, name);
            case Value.Range range -> name.equals("copy") ? Optional.empty() : ofList(range.items(), name);
            case Value.Namespace namespace ->
                Optional.ofNullable(namespace.attributes().get(name));
            case Value.Loop(LoopState state) -> state.attribute(name);
            case Value.Function function ->
                name.equals("name") ? Optional.of(new Text(function.name())) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Value> unsafe(String name, String type) {
        return Optional.of(new Undefined("access to attribute '" + name + "' of '" + type + "' object is unsafe."));
    }

    private static Optional<Value> ofDict(Value.Dict dict, String name) {
        return switch (name) {
            case "keys" ->
                method(
                        name,
                        () -> new Value.View(
                                "dict_keys", List.copyOf(dict.entries().keySet())));
            case "values" ->
                method(
                        name,
                        () -> new Value.View(
                                "dict_values", List.copyOf(dict.entries().values())));
            case "items" -> method(name, () -> new Value.View("dict_items", pairs(dict)));
            case "copy" -> method(name, () -> dict);
            case "get" ->
                Optional.of(new Value.Function(name, arguments -> {
                    Arguments.Bound bound = arguments.bind(name, "key", "default");
                    Value found = dict.entries().get(bound.get("key"));
                    return found != null ? found : bound.find("default").orElse(Value.None.NONE);
                }));
            default -> Optional.empty();
        };
    }

    static List<Value> pairs(Value.Dict dict) {
        List<Value> pairs = new ArrayList<>();
        dict.entries().forEach((key, value) -> pairs.add(Value.Tuple.of(key, value)));
        return pairs;
    }

    private static Optional<Value> ofList(List<Value> items, String name) {
        return switch (name) {
            case "copy" -> method(name, () -> new Value.Sequence(items));
            case "count" ->
                Optional.of(new Value.Function(name, arguments -> {
                    Value wanted = arguments.bind(name, "value").get("value");
                    return new Value.Int(items.stream()
                            .filter(item -> Operations.equal(item, wanted))
                            .count());
                }));
            case "index" ->
                Optional.of(new Value.Function(name, arguments -> {
                    Value wanted = arguments.bind(name, "value").get("value");
                    for (int i = 0; i < items.size(); i++) {
                        if (Operations.equal(items.get(i), wanted)) {
                            return new Value.Int(i);
                        }
                    }
                    throw new Failure(Printing.representation(wanted) + " is not in list");
                }));
            default -> Optional.empty();
        };
    }

    private static Optional<Value> method(String name, java.util.function.Supplier<Value> body) {
        return Optional.of(new Value.Function(name, arguments -> {
            arguments.bind(name);
            return body.get();
        }));
    }

    private static Optional<Value> item(Value target, Value index, boolean positions) {
        if (target instanceof Value.Dict dict) {
            return Optional.ofNullable(dict.entries().get(index));
        }
        Optional<Long> position = positions ? Operations.integer(index) : Optional.empty();
        return position.flatMap(at -> switch (target) {
            case Text(String text) -> {
                int length = text.codePointCount(0, text.length());
                yield position(at, length)
                        .map(i -> new Text(Character.toString(text.codePointAt(text.offsetByCodePoints(0, i)))));
            }
            case Value.Sequence(List<Value> items) -> position(at, items.size()).map(items::get);
            case Value.Tuple(List<Value> items) -> position(at, items.size()).map(items::get);
            case Value.Range range ->
                position(at, range.size()).map(i -> range.items().get(i));
            default -> Optional.empty();
        });
    }

    private static Optional<Integer> position(long index, int size) {
        long position = index < 0 ? index + size : index;
        return position >= 0 && position < size ? Optional.of((int) position) : Optional.empty();
    }

    static Value slice(Value target, Value start, Value stop, Value step) {
        Operations.requireDefined(target);
        return switch (target) {
            case Text(String text) -> {
                int[] codePoints = text.codePoints().toArray();
                StringBuilder kept = new StringBuilder();
                Slice slice = Slice.of(start, stop, step, codePoints.length);
                slice.forEach(i -> kept.appendCodePoint(codePoints[i]));
                yield new Text(kept.toString());
            }
            case Value.Sequence(List<Value> items) -> new Value.Sequence(slice(items, start, stop, step));
            case Value.Tuple(List<Value> items) -> new Value.Tuple(slice(items, start, stop, step));
            case Value.Range range -> {
                Slice slice = Slice.of(start, stop, step, range.size());
                yield new Value.Range(
                        range.start() + slice.start() * range.step(),
                        range.start() + slice.stop() * range.step(),
                        range.step() * slice.step());
            }
            default -> throw new Failure("'" + Printing.type(target) + "' object cannot be sliced");
        };
    }

    private static List<Value> slice(List<Value> items, Value start, Value stop, Value step) {
        List<Value> kept = new ArrayList<>();
        Slice.of(start, stop, step, items.size()).forEach(i -> kept.add(items.get(i)));
        return kept;
    }

    /** Python's slice over a length: from {@code start} while before {@code stop}, which may be -1 backwards. */
    private record Slice(long start, long stop, long step) {

        static Slice of(Value start, Value stop, Value step, int length) {
            long by = bound(step, 1);
            if (by == 0) {
                throw new Failure("slice step cannot be zero");
            }
            long low = by > 0 ? 0 : -1;
            long high = by > 0 ? length : length - 1;
            return new Slice(
                    clamp(bound(start, by > 0 ? low : high), start, length, low, high),
                    clamp(bound(stop, by > 0 ? high : low), stop, length, low, high),
                    by);
        }

        private static long bound(Value value, long otherwise) {
            return value instanceof Value.None
                    ? otherwise
                    : Operations.integer(value)
                            .orElseThrow(() -> new Failure("slice indices must be integers or None"));
        }

        private static long clamp(long bound, Value given, int length, long low, long high) {
            long position = !(given instanceof Value.None) && bound < 0 ? bound + length : bound;
            return Math.max(low, Math.min(high, position));
        }

        void forEach(java.util.function.IntConsumer action) {
            for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
                action.accept((int) i);
            }
        }
    }
}
