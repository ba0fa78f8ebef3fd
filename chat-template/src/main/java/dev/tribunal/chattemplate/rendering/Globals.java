package dev.tribunal.chattemplate.rendering;

import dev.tribunal.chattemplate.value.Arguments;
import dev.tribunal.chattemplate.value.Arguments.Bound;
import dev.tribunal.chattemplate.value.Failure;
import dev.tribunal.chattemplate.value.Limits;
import dev.tribunal.chattemplate.value.Operations;
import dev.tribunal.chattemplate.value.Printing;
import dev.tribunal.chattemplate.value.Value;
import dev.tribunal.chattemplate.value.Value.Function;
import dev.tribunal.chattemplate.value.Value.Text;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The functions that every template can call. */
public final class Globals {

    private Globals() {}

    public static Map<String, Value> of(Supplier<LocalDateTime> now) {
        Map<String, Value> globals = new HashMap<>();
        define(globals, "raise_exception", arguments -> {
            throw Failure.refusal(
                    Printing.text(arguments.bind("raise_exception", "message").get("message")));
        });
        define(
                globals,
                "strftime_now",
                arguments -> new Text(Strftime.format(
                        now.get(), arguments.bind("strftime_now", "format").text("format"))));
        define(globals, "namespace", Globals::namespace);
        define(globals, "dict", Globals::dict);
        define(globals, "range", Globals::range);
        for (String name : List.of("cycler", "joiner", "lipsum")) {
            define(globals, name, arguments -> {
                throw new Failure("the function '" + name + "' is not supported in chat templates");
            });
        }
        return globals;
    }

    private static void define(Map<String, Value> globals, String name, Function.Body body) {
        globals.put(name, new Function(name, body));
    }

    private static Value namespace(Arguments arguments) {
        LinkedHashMap<String, Value> attributes = new LinkedHashMap<>();
        ((Value.Dict) dict(arguments)).entries().forEach((name, value) -> {
            attributes.put(requireAttribute(Printing.text(name)), value);
        });
        return new Value.Namespace(attributes);
    }

    /** Transformers keeps names with an underscore from templates. */
    static String requireAttribute(String name) {
        if (name.startsWith("_")) {
            throw new Failure("a namespace cannot hold the name '" + name + "': it begins with an underscore");
        }
        return name;
    }

    /** Of another dict or of pairs, and of named arguments. */
    private static Value dict(Arguments arguments) {
        if (arguments.positional().size() > 1) {
            throw new Failure("dict() takes at most one argument without a name");
        }
        Map<Value, Value> entries = new LinkedHashMap<>();
        for (Value source : arguments.positional()) {
            if (source instanceof Value.Dict dict) {
                entries.putAll(dict.entries());
                continue;
            }
            for (Iterator<Value> pairs = Operations.iterator(source); pairs.hasNext(); ) {
                List<Value> pair = Operations.items(pairs.next());
                if (pair.size() != 2) {
                    throw new Failure("dict() needs pairs");
                }
                entries.put(pair.getFirst(), pair.getLast());
            }
        }
        arguments.named().forEach((name, value) -> entries.put(new Text(name), value));
        return new Value.Dict(entries);
    }

    static Value dict(Map<String, Value> named) {
        return dict(new Arguments(List.of(), named));
    }

    private static Value range(Arguments arguments) {
        boolean one = arguments.positional().size() == 1;
        Bound bound = one ? arguments.bind("range", "stop") : arguments.bind("range", "start", "stop", "step");
        bound.get("stop");
        long step = bound.integer("step", 1);
        if (step == 0) {
            throw new Failure("range() needs a step other than zero");
        }
        Value.Range range = new Value.Range(bound.integer("start", 0), bound.integer("stop", 0), step);
        boolean large = Math.abs((double) range.stop() - range.start()) / Math.abs((double) step) > Limits.RANGE;
        if (large && range.stop() > range.start() == step > 0) {
            throw new Failure("Range too big: at most " + Limits.RANGE + " numbers");
        }
        return range;
    }
}
