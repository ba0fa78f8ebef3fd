package dev.tribunal.judge.rules.instruction;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An instruction's arguments: one entry of {@code kwargs}. Absent and null are the same. */
record Arguments(Map<String, ?> values) {

    String text(String name) {
        String text = anyText(name);
        if (text.isEmpty()) {
            throw new BadArguments(name, "is empty");
        }
        return text;
    }

    /** A text that may be empty. */
    String anyText(String name) {
        if (required(name) instanceof String text) {
            return text;
        }
        throw new BadArguments(name, "is " + values.get(name) + ", must be a text");
    }

    int count(String name) {
        if (required(name) instanceof Number number
                && number.doubleValue() == number.intValue()
                && number.intValue() >= 0) {
            return number.intValue();
        }
        throw new BadArguments(name, "is " + values.get(name) + ", must be a whole number from 0");
    }

    List<String> texts(String name) {
        if (required(name) instanceof List<?> list
                && !list.isEmpty()
                && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw new BadArguments(name, "is " + values.get(name) + ", must be a list of texts");
    }

    /** Whether a count stands in the relation asked for, {@code less than} or {@code at least}, to a threshold. */
    boolean holds(long count, String relationName, String thresholdName) {
        int threshold = count(thresholdName);
        return switch (text(relationName)) {
            case "less than" -> count < threshold;
            case "at least" -> count >= threshold;
            case String other ->
                throw new BadArguments(relationName, "is '" + other + "', must be 'less than' or 'at least'");
        };
    }

    private Object required(String name) {
        @Nullable Object value = values.get(name);
        if (value == null) {
            throw new BadArguments(name, "is missing");
        }
        return value;
    }

    /** The row is at fault, not the completion. */
    static final class BadArguments extends RuntimeException {

        private final String argument;
        private final String detail;

        BadArguments(String argument, String detail) {
            super(argument + " " + detail, null, false, false);
            this.argument = argument;
            this.detail = detail;
        }

        /** Its name. */
        String argument() {
            return argument;
        }

        /** What is wrong with it, as the end of a sentence. */
        String detail() {
            return detail;
        }
    }
}
