package dev.tribunal.chattemplate.value;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a template computes with: Python's types, as far as chats have them. */
public sealed interface Value {

    record Text(String text) implements Value {
        public static final Text EMPTY = new Text("");
    }

    /** Python's integers have no bound; here one beyond 64 bits is refused. */
    record Int(long number) implements Value {}

    record Real(double number) implements Value {}

    record Bool(boolean truth) implements Value {
        public static final Bool TRUE = new Bool(true);
        public static final Bool FALSE = new Bool(false);

        public static Bool of(boolean truth) {
            return truth ? TRUE : FALSE;
        }
    }

    enum None implements Value {
        NONE
    }

    record Sequence(List<Value> items) implements Value {}

    record Tuple(List<Value> items) implements Value {
        public static Tuple of(Value... items) {
            return new Tuple(List.of(items));
        }
    }

    /** In the order of insertion. */
    record Dict(Map<Value, Value> entries) implements Value {}

    /** Python's {@code dict_keys}, {@code dict_values} and {@code dict_items}: iterable, without an index. */
    record View(String type, List<Value> items) implements Value {}

    record Range(long start, long stop, long step) implements Value {
        public int size() {
            long span = step > 0 ? stop - start : start - stop;
            return span <= 0 ? 0 : Math.toIntExact((span - 1) / Math.abs(step) + 1);
        }

        public List<Value> items() {
            List<Value> items = new ArrayList<>();
            for (long i = 0; i < size(); i++) {
                items.add(new Int(start + i * step));
            }
            return items;
        }
    }

    /** Python's generators: true, without a length or an index, and empty once they were iterated. */
    record Generator(Iterator<Value> items) implements Value {}

    /** Prints as nothing and is empty and false; the message says why, should anything else be asked of it. */
    record Undefined(String message) implements Value {}

    record Namespace(LinkedHashMap<String, Value> attributes) implements Value {}

    /** Text that Jinja's {@code safe} marked. It prints; whatever would escape its neighbours is refused. */
    record Markup(String text) implements Value {}

    /** Anything that can be called: a macro, a method, a global function. */
    record Function(String name, Body body) implements Value {
        public interface Body {
            Value call(Arguments arguments);
        }
    }

    /** The {@code loop} of a {@code for}. */
    record Loop(LoopState state) implements Value {}
}
