package dev.tribunal.chattemplate.rendering;

import dev.tribunal.chattemplate.value.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Names of a block; a name that it lacks is looked for around it, and set only within it. */
final class Scope {

    private final @Nullable Scope outer;
    private final Map<String, Value> values;

    Scope(Map<String, Value> values) {
        this(null, values);
    }

    private Scope(@Nullable Scope outer, Map<String, Value> values) {
        this.outer = outer;
        this.values = values;
    }

    Scope inner() {
        return new Scope(this, new HashMap<>());
    }

    Optional<Value> find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Value value = scope.values.get(name);
            if (value != null) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    void set(String name, Value value) {
        values.put(name, value);
    }
}
