package dev.tribunal.languagemodel.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * The fields of one JSON object. What is wrong with one is added to {@code errors}, and some sound value returned, so
 * that all that is wrong is found at once. Null is as good as absent.
 *
 * @param prefix of the fields' names in messages
 */
record Fields(JsonNode object, String prefix, List<String> errors) {

    /** No size of a model is near it, and no product of three sizes leaves 64 bits. */
    static final int MOST = 1 << 24;

    private static final int MOST_SHOWN = 200;

    /** A field's own object; without fields if there is none. */
    Fields within(String field) {
        JsonNode value = object.path(field);
        if (has(field) && !value.isObject()) {
            unfit(field, "an object");
        }
        return new Fields(value, prefix + field + ".", errors);
    }

    boolean has(String field) {
        return !object.path(field).isMissingNode() && !object.path(field).isNull();
    }

    String text(String field, String ifAbsent) {
        return object.path(field).asString(ifAbsent);
    }

    boolean flag(String field) {
        if (has(field) && !object.path(field).isBoolean()) {
            unfit(field, "true or false");
        }
        return object.path(field).asBoolean(false);
    }

    double positiveReal(String field) {
        return isThere(field) ? positiveReal(field, 1) : 1;
    }

    double positiveReal(String field, double ifAbsent) {
        JsonNode value = object.path(field);
        if (!has(field)) {
            return ifAbsent;
        }
        if (!value.isNumber() || !(value.asDouble() > 0)) {
            unfit(field, "a positive number");
            return 1;
        }
        return value.asDouble();
    }

    int positive(String field) {
        return isThere(field) ? positive(field, 1) : 1;
    }

    int positive(String field, int ifAbsent) {
        return has(field) ? whole(field, 1, MOST, "a positive whole number") : ifAbsent;
    }

    /** @param most that is allowed, of a size that is multiplied with others or counts what is built */
    int positiveUpTo(int most, String field) {
        return isThere(field) ? whole(field, 1, most, "a positive whole number") : 1;
    }

    int count(String field) {
        return isThere(field) ? whole(field, 0, MOST, "a whole number") : 0;
    }

    private int whole(String field, int least, int most, String kind) {
        JsonNode value = object.path(field);
        if (value.isIntegralNumber() && value.asDouble() > most) {
            unfit(field, "at most " + most);
            return 1;
        }
        if (!value.isInt() || value.asInt() < least) {
            unfit(field, kind);
            return 1;
        }
        return value.asInt();
    }

    /** A value for a message. */
    static String shown(JsonNode value) {
        String written = value.toString();
        return written.length() <= MOST_SHOWN ? written : written.substring(0, MOST_SHOWN) + "...";
    }

    private boolean isThere(String field) {
        if (!has(field)) {
            errors.add(prefix + field + " is missing");
        }
        return has(field);
    }

    private void unfit(String field, String kind) {
        errors.add(prefix + field + " is " + shown(object.path(field)) + ", but must be " + kind);
    }

    /**
     * Refuses every other field by its name.
     *
     * @param neutral fields that may have one value
     */
    void requireOnly(Predicate<String> known, Map<String, Object> neutral) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String name = field.getKey();
            Object only = neutral.get(name);
            if (has(name) && !known.test(name) && (only == null || !isSame(field.getValue(), only))) {
                errors.add(prefix + name + " is " + shown(field.getValue()) + ", which is not supported");
            }
        }
    }

    private static boolean isSame(JsonNode value, Object other) {
        return other instanceof Number number
                ? value.isNumber() && value.asDouble() == number.doubleValue()
                : value.asString("").equals(other.toString());
    }
}
