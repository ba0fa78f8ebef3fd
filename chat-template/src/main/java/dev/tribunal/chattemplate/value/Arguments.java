package dev.tribunal.chattemplate.value;

import dev.tribunal.chattemplate.value.Value.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The arguments of a call, evaluated. */
public record Arguments(List<Value> positional, Map<String, Value> named) {

    static Arguments of(Value... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    /** The arguments by parameter. More than there are parameters, or one of another name, is an error. */
    public Bound bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new Failure(
                    function + "() takes at most " + parameters.length + " arguments, not " + positional.size());
        }
        Map<String, Value> bound = new LinkedHashMap<>();
        for (int i = 0; i < positional.size(); i++) {
            bound.put(parameters[i], positional.get(i));
        }
        named.forEach((name, value) -> {
            if (!Set.of(parameters).contains(name)) {
                throw new Failure(function + "() has no argument '" + name + "'");
            }
            if (bound.put(name, value) != null) {
                throw new Failure(function + "() has two values for '" + name + "'");
            }
        });
        return new Bound(function, bound);
    }

    public Arguments from(int index) {
        return new Arguments(positional.subList(Math.min(index, positional.size()), positional.size()), named);
    }

    public record Bound(String function, Map<String, Value> values) {

        public Optional<Value> find(String parameter) {
            return Optional.ofNullable(values.get(parameter));
        }

        /** As {@link #find}, without Python's None. */
        public Optional<Value> some(String parameter) {
            return find(parameter).filter(value -> value != Value.None.NONE);
        }

        public Value get(String parameter) {
            return find(parameter).orElseThrow(() -> new Failure(function + "() needs '" + parameter + "'"));
        }

        public String text(String parameter) {
            if (get(parameter) instanceof Text(String text)) {
                return text;
            }
            throw wrong(parameter, "a text");
        }

        public String text(String parameter, String otherwise) {
            return values.containsKey(parameter) ? text(parameter) : otherwise;
        }

        public long integer(String parameter, long otherwise) {
            return find(parameter)
                    .map(value -> Operations.integer(value).orElseThrow(() -> wrong(parameter, "an integer")))
                    .orElse(otherwise);
        }

        public boolean flag(String parameter, boolean otherwise) {
            return find(parameter).map(Operations::isTrue).orElse(otherwise);
        }

        private Failure wrong(String parameter, String wanted) {
            return new Failure(
                    function + "() needs " + wanted + " as '" + parameter + "', not " + Printing.type(get(parameter)));
        }
    }
}
