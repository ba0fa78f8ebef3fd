package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.common.FieldError;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoublePredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks a judge's parameters: names each mistake, also a parameter that the judge does not know. */
public final class Parameters {

    private final Map<String, Object> values;
    private final Set<String> known = new LinkedHashSet<>();
    private final List<FieldError> errors = new ArrayList<>();

    private Parameters(Map<String, Object> values) {
        this.values = values;
    }

    public static Parameters of(Map<String, Object> values) {
        return new Parameters(values);
    }

    public Parameters oneOf(String name, String... choices) {
        known.add(name);
        if (values.containsKey(name) && !Set.of(choices).contains(String.valueOf(values.get(name)))) {
            add(name, "must be one of " + String.join(", ", choices));
        }
        return this;
    }

    public Parameters wholeNumber(String name, int least) {
        known.add(name);
        if (values.containsKey(name) && !isNumber(name, d -> d == Math.rint(d) && d >= least)) {
            add(name, "must be a whole number from " + least);
        }
        return this;
    }

    /** A number within bounds, the bounds themselves included. */
    public Parameters numberWithin(String name, double least, double most) {
        known.add(name);
        if (values.containsKey(name) && !isNumber(name, d -> d >= least && d <= most)) {
            add(name, "must be a number from " + least + " to " + most);
        }
        return this;
    }

    /** A text of a form. */
    public Parameters text(String name, Pattern form, String rule) {
        known.add(name);
        if (values.containsKey(name)
                && !(values.get(name) instanceof String text && form.matcher(text).matches())) {
            add(name, rule);
        }
        return this;
    }

    public Parameters required(String name) {
        known.add(name);
        if (!values.containsKey(name)) {
            errors.add(new FieldError(pointer(name), "is missing"));
        }
        return this;
    }

    /** At least one of what was named so far must be given. */
    public Parameters someOfThem() {
        if (known.stream().noneMatch(values::containsKey)) {
            errors.add(new FieldError("", "give at least one of " + String.join(", ", known)));
        }
        return this;
    }

    /** @param greater must not be less than {@code lesser}, where both are given */
    public Parameters ordered(String lesser, String greater) {
        if (values.get(lesser) instanceof Number low && isNumber(greater, high -> high < low.doubleValue())) {
            add(greater, "must not be less than " + lesser + ", which is " + values.get(lesser));
        }
        return this;
    }

    public List<FieldError> errors() {
        Set<String> unknown = values.keySet().stream()
                .filter(name -> !known.contains(name))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        unknown.forEach(name -> errors.add(
                new FieldError(pointer(name), "is not a parameter of this judge; it has " + String.join(", ", known))));
        return List.copyOf(errors);
    }

    private boolean isNumber(String name, DoublePredicate rule) {
        return values.get(name) instanceof Number number && rule.test(number.doubleValue());
    }

    private void add(String name, String rule) {
        errors.add(new FieldError(pointer(name), "is " + values.get(name) + ", " + rule));
    }

    private static String pointer(String name) {
        return "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
