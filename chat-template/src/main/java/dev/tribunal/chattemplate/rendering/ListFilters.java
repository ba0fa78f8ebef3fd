package dev.tribunal.chattemplate.rendering;

import dev.tribunal.chattemplate.rendering.Filters.Filter;
import dev.tribunal.chattemplate.value.Arguments;
import dev.tribunal.chattemplate.value.Arguments.Bound;
import dev.tribunal.chattemplate.value.Failure;
import dev.tribunal.chattemplate.value.Limits;
import dev.tribunal.chattemplate.value.Operations;
import dev.tribunal.chattemplate.value.Printing;
import dev.tribunal.chattemplate.value.StringMethods;
import dev.tribunal.chattemplate.value.Value;
import dev.tribunal.chattemplate.value.Value.Generator;
import dev.tribunal.chattemplate.value.Value.Int;
import dev.tribunal.chattemplate.value.Value.Sequence;
import dev.tribunal.chattemplate.value.Value.Text;
import dev.tribunal.chattemplate.value.Value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Jinja's filters that go through items. Those that are generators in Python are generators here. */
final class ListFilters {

    private static final String[] EXTREME = {"case_sensitive", "attribute"};

    private static final Map<String, Filter> FILTERS = Map.ofEntries(
            Map.entry("batch", ListFilters::batch),
            Map.entry("dictsort", ListFilters::sortDict),
            Map.entry("first", ListFilters::first),
            Map.entry("groupby", ListFilters::group),
            Map.entry("items", ListFilters::pairs),
            Map.entry("join", ListFilters::join),
            Map.entry("last", ListFilters::last),
            Map.entry("list", ListFilters::list),
            Map.entry("map", ListFilters::map),
            Map.entry("max", (value, arguments) -> extreme(value, arguments.bind("max", EXTREME), -1)),
            Map.entry("min", (value, arguments) -> extreme(value, arguments.bind("min", EXTREME), 1)),
            Map.entry("reject", (value, arguments) -> select(value, arguments, 0, false)),
            Map.entry("rejectattr", (value, arguments) -> select(value, arguments, 1, false)),
            Map.entry("reverse", ListFilters::reverse),
            Map.entry("select", (value, arguments) -> select(value, arguments, 0, true)),
            Map.entry("selectattr", (value, arguments) -> select(value, arguments, 1, true)),
            Map.entry("slice", ListFilters::slice),
            Map.entry("sort", ListFilters::sort),
            Map.entry("sum", ListFilters::sum),
            Map.entry("unique", ListFilters::unique));

    private ListFilters() {}

    static Optional<Filter> find(String name) {
        return Optional.ofNullable(FILTERS.get(name));
    }

    private static Value list(Value value, Arguments arguments) {
        arguments.bind("list");
        return new Sequence(Operations.items(value));
    }

    private static Value first(Value value, Arguments arguments) {
        arguments.bind("first");
        Iterator<Value> items = Operations.iterator(value);
        return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
    }

    private static Value last(Value value, Arguments arguments) {
        arguments.bind("last");
        if (value instanceof Generator) {
            throw new Failure("'generator' object is not reversible");
        }
        List<Value> items = Operations.items(value);
        return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.getLast();
    }

    private static Value reverse(Value value, Arguments arguments) {
        arguments.bind("reverse");
        if (value instanceof Text(String text)) {
            StringBuilder reversed = new StringBuilder();
            int[] codePoints = text.codePoints().toArray();
            for (int i = codePoints.length - 1; i >= 0; i--) {
                reversed.appendCodePoint(codePoints[i]);
            }
            return new Text(reversed.toString());
        }
        List<Value> items = Operations.items(value);
        Collections.reverse(items);
        return value instanceof Generator ? new Sequence(items) : new Generator(items.iterator());
    }

    private static Value join(Value value, Arguments arguments) {
        Bound bound = arguments.bind("join", "d", "attribute");
        List<Value> items = Operations.items(value);
        UnaryOperator<Value> attribute = attribute(bound.some("attribute"), Optional.empty());
        String separator = Printing.text(bound.find("d").orElse(Text.EMPTY));
        return new Text(StringMethods.join(items.stream().map(attribute).toList(), separator));
    }

    private static Value pairs(Value value, Arguments arguments) {
        arguments.bind("items");
        return switch (value) {
            case Undefined undefined -> new Generator(Collections.emptyIterator());
            case Value.Dict dict -> new Generator(Attributes.pairs(dict).iterator());
            default -> throw new Failure("Can only get item pairs from a mapping.");
        };
    }

    private static Value sortDict(Value value, Arguments arguments) {
        Bound bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        String by = bound.text("by", "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw new Failure("dictsort goes by key or value, not by '" + by + "'");
        }
        if (!(value instanceof Value.Dict dict)) {
            Operations.requireDefined(value);
            throw new Failure("dictsort needs a dict, not " + Printing.type(value));
        }
        UnaryOperator<Value> fold = fold(bound.flag("case_sensitive", false));
        int part = by.equals("key") ? 0 : 1;
        return new Sequence(sorted(
                Attributes.pairs(dict),
                pair -> fold.apply(((Value.Tuple) pair).items().get(part)),
                bound.flag("reverse", false)));
    }

    private static Value sort(Value value, Arguments arguments) {
        Bound bound = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
        UnaryOperator<Value> fold = fold(bound.flag("case_sensitive", false));
        Optional<Value> attributes = bound.some("attribute");
        List<UnaryOperator<Value>> keys = new ArrayList<>();
        if (attributes.isPresent() && attributes.get() instanceof Text(String names)) {
            for (String name : names.split(",", -1)) {
                keys.add(attribute(Optional.of(new Text(name)), Optional.empty()));
            }
        } else {
            keys.add(attribute(attributes, Optional.empty()));
        }
        UnaryOperator<Value> key = item -> new Sequence(
                keys.stream().map(one -> fold.apply(one.apply(item))).toList());
        return new Sequence(sorted(Operations.items(value), key, bound.flag("reverse", false)));
    }

    /** Stable in both directions. */
    private static List<Value> sorted(List<Value> items, UnaryOperator<Value> key, boolean reverse) {
        record Keyed(Value key, Value item) {}
        Comparator<Keyed> order = Comparator.comparing(Keyed::key, (a, b) -> Operations.compare(a, b, "<"));
        return items.stream()
                .map(item -> new Keyed(key.apply(item), item))
                .sorted(reverse ? order.reversed() : order)
                .map(Keyed::item)
                .toList();
    }

    private static Value group(Value value, Arguments arguments) {
        Bound bound = arguments.bind("groupby", "attribute", "default", "case_sensitive");
        UnaryOperator<Value> attribute = attribute(Optional.of(bound.get("attribute")), bound.some("default"));
        UnaryOperator<Value> fold = fold(bound.flag("case_sensitive", false));
        UnaryOperator<Value> key = item -> fold.apply(attribute.apply(item));
        List<Value> groups = new ArrayList<>();
        List<Value> group = new ArrayList<>();
        for (Value item : sorted(Operations.items(value), key, false)) {
            if (group.isEmpty() || !Operations.equal(key.apply(group.getFirst()), key.apply(item))) {
                group = new ArrayList<>();
                groups.add(Value.Tuple.of(attribute.apply(item), new Sequence(group)));
            }
            group.add(item);
        }
        return new Sequence(groups);
    }

    private static Value extreme(Value value, Bound bound, int sign) {
        UnaryOperator<Value> attribute = attribute(bound.some("attribute"), Optional.empty());
        UnaryOperator<Value> fold = fold(bound.flag("case_sensitive", false));
        Iterator<Value> items = Operations.iterator(value);
        if (!items.hasNext()) {
            return new Undefined("No aggregated item, sequence was empty.");
        }
        Value best = items.next();
        while (items.hasNext()) {
            Value next = items.next();
            Value key = fold.apply(attribute.apply(next));
            if (sign * Operations.compare(key, fold.apply(attribute.apply(best)), "<") < 0) {
                best = next;
            }
        }
        return best;
    }

    private static Value unique(Value value, Arguments arguments) {
        Bound bound = arguments.bind("unique", "case_sensitive", "attribute");
        UnaryOperator<Value> attribute = attribute(bound.some("attribute"), Optional.empty());
        UnaryOperator<Value> fold = fold(bound.flag("case_sensitive", false));
        Set<Value> seen = new HashSet<>();
        List<Value> items = Operations.items(value);
        items.removeIf(item -> !seen.add(Operations.hashable(fold.apply(attribute.apply(item)))));
        return new Generator(items.iterator());
    }

    private static Value sum(Value value, Arguments arguments) {
        Bound bound = arguments.bind("sum", "attribute", "start");
        UnaryOperator<Value> attribute = attribute(bound.some("attribute"), Optional.empty());
        Value sum = bound.find("start").orElse(new Int(0));
        if (sum instanceof Text) {
            throw new Failure("sum() cannot add texts: use join");
        }
        for (Value item : Operations.items(value)) {
            sum = Operations.arithmetic("+", sum, attribute.apply(item));
        }
        return sum;
    }

    private static Value map(Value value, Arguments arguments) {
        if (!Operations.isTrue(value)) {
            return new Generator(Collections.emptyIterator());
        }
        if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
            Bound bound = arguments.bind("map", "attribute", "default");
            UnaryOperator<Value> attribute = attribute(bound.some("attribute"), bound.some("default"));
            return generator(Operations.items(value), attribute);
        }
        String filter = name("map", arguments, 0);
        Arguments rest = arguments.from(1);
        return generator(Operations.items(value), item -> Filters.apply(filter, item, rest));
    }

    private static Value generator(List<Value> items, UnaryOperator<Value> change) {
        items.replaceAll(change);
        return new Generator(items.iterator());
    }

    private static String name(String filter, Arguments arguments, int index) {
        if (arguments.positional().size() > index && arguments.positional().get(index) instanceof Text(String name)) {
            return name;
        }
        throw new Failure(filter + " needs a name");
    }

    /**
     * The items that pass a test, or all true ones if none is named.
     *
     * @param attributes 1 if the first argument names the attribute to test, else 0
     */
    private static Value select(Value value, Arguments arguments, int attributes, boolean kept) {
        if (!Operations.isTrue(value)) {
            return new Generator(Collections.emptyIterator());
        }
        UnaryOperator<Value> attribute = attributes == 0
                ? item -> item
                : attribute(Optional.of(new Text(name("selectattr", arguments, 0))), Optional.empty());
        boolean plain = arguments.positional().size() == attributes;
        String test = plain ? "" : name("select", arguments, attributes);
        Arguments rest = arguments.from(attributes + 1);
        List<Value> items = Operations.items(value);
        items.removeIf(item -> {
            Value tested = attribute.apply(item);
            return kept != (plain ? Operations.isTrue(tested) : Tests.apply(test, tested, rest));
        });
        return new Generator(items.iterator());
    }

    private static Value batch(Value value, Arguments arguments) {
        Bound bound = arguments.bind("batch", "linecount", "fill_with");
        long size = Math.max(1, bound.integer("linecount", 1));
        List<Value> batches = new ArrayList<>();
        List<Value> batch = new ArrayList<>();
        for (Value item : Operations.items(value)) {
            if (batches.isEmpty() || batch.size() == size) {
                batch = new ArrayList<>();
                batches.add(new Sequence(batch));
            }
            batch.add(item);
        }
        Optional<Value> fill = bound.some("fill_with");
        if (fill.isPresent() && !batches.isEmpty()) {
            batch.addAll(Collections.nCopies(Limits.requireItems(size - batch.size()), fill.get()));
        }
        return new Generator(batches.iterator());
    }

    private static Value slice(Value value, Arguments arguments) {
        Bound bound = arguments.bind("slice", "slices", "fill_with");
        int slices = Limits.requireItems(Math.max(0, bound.integer("slices", 0)));
        List<Value> items = Operations.items(value);
        List<Value> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < slices; i++) {
            boolean larger = i < items.size() % slices;
            int end = start + items.size() / slices + (larger ? 1 : 0);
            List<Value> part = new ArrayList<>(items.subList(start, end));
            if (!larger) {
                bound.some("fill_with").ifPresent(part::add);
            }
            parts.add(new Sequence(part));
            start = end;
        }
        return new Generator(parts.iterator());
    }

    /** {@code a.b.0} of an item, or the item itself without a path. */
    private static UnaryOperator<Value> attribute(Optional<Value> path, Optional<Value> otherwise) {
        if (path.isEmpty()) {
            return item -> item;
        }
        List<Value> parts = new ArrayList<>();
        if (path.get() instanceof Text(String names)) {
            for (String name : names.split("\\.", -1)) {
                parts.add(name.matches("\\d{1,9}") ? new Int(Long.parseLong(name)) : new Text(name));
            }
        } else {
            parts.add(path.get());
        }
        return item -> {
            Value found = item;
            for (Value part : parts) {
                found = Attributes.item(found, part);
                found = found instanceof Undefined ? otherwise.orElse(found) : found;
            }
            return found;
        };
    }

    private static UnaryOperator<Value> fold(boolean caseSensitive) {
        return value ->
                !caseSensitive && value instanceof Text(String text) ? new Text(text.toLowerCase(Locale.ROOT)) : value;
    }
}
