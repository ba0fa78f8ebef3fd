package dev.tribunal.chattemplate.rendering;

import dev.tribunal.chattemplate.value.Arguments;
import dev.tribunal.chattemplate.value.Failure;
import dev.tribunal.chattemplate.value.Operations;
import dev.tribunal.chattemplate.value.Printing;
import dev.tribunal.chattemplate.value.StringMethods;
import dev.tribunal.chattemplate.value.Value;
import dev.tribunal.chattemplate.value.Value.Bool;
import dev.tribunal.chattemplate.value.Value.Int;
import dev.tribunal.chattemplate.value.Value.Text;

/** Jinja's {@code value is test}. */
public final class Tests {

    private Tests() {}

    static boolean apply(String name, Value value, Arguments arguments) {
        return switch (name) {
            case "eq", "equalto", "==" -> Operations.equal(value, other(name, arguments));
            case "ne", "!=" -> !Operations.equal(value, other(name, arguments));
            case "gt", "greaterthan", ">" -> Operations.compares(">", value, other(name, arguments));
            case "ge", ">=" -> Operations.compares(">=", value, other(name, arguments));
            case "lt", "lessthan", "<" -> Operations.compares("<", value, other(name, arguments));
            case "le", "<=" -> Operations.compares("<=", value, other(name, arguments));
            case "in" -> Operations.compares("in", value, other(name, arguments));
            case "sameas" ->
                value.getClass() == other(name, arguments).getClass()
                        && Operations.equal(value, other(name, arguments));
            case "divisibleby" -> remainder(value, other(name, arguments)) == 0;
            default -> {
                arguments.bind(name);
                yield apply(name, value);
            }
        };
    }

    private static Value other(String name, Arguments arguments) {
        return arguments.bind(name, "other").get("other");
    }

    private static boolean apply(String name, Value value) {
        return switch (name) {
            case "defined" -> !(value instanceof Value.Undefined);
            case "undefined" -> value instanceof Value.Undefined;
            case "none" -> value instanceof Value.None;
            case "boolean" -> value instanceof Bool;
            case "true" -> value.equals(Bool.TRUE);
            case "false" -> value.equals(Bool.FALSE);
            case "integer" -> value instanceof Int;
            case "float" -> value instanceof Value.Real;
            case "number" -> Operations.number(value).isPresent();
            case "string" -> value instanceof Text || value instanceof Value.Markup;
            case "mapping" -> value instanceof Value.Dict;
            case "sequence" -> isSequence(value);
            case "iterable" ->
                isSequence(value)
                        || value instanceof Value.View
                        || value instanceof Value.Generator
                        || value instanceof Value.Loop;
            case "callable" ->
                value instanceof Value.Function || value instanceof Value.Loop || value instanceof Value.Undefined;
            case "escaped" -> value instanceof Value.Markup;
            case "odd" -> remainder(value, new Int(2)) == 1;
            case "even" -> remainder(value, new Int(2)) == 0;
            case "upper" -> StringMethods.isCased(Printing.text(value), true);
            case "lower" -> StringMethods.isCased(Printing.text(value), false);
            default -> throw new Failure("no test named '" + name + "' is known here");
        };
    }

    private static boolean isSequence(Value value) {
        return switch (value) {
            case Text text -> true;
            case Value.Markup text -> true;
            case Value.Sequence items -> true;
            case Value.Tuple items -> true;
            case Value.Dict entries -> true;
            case Value.Range range -> true;
            case Value.Undefined undefined -> true;
            default -> false;
        };
    }

    private static double remainder(Value value, Value divisor) {
        return Operations.number(Operations.arithmetic("%", value, divisor)).orElse(Double.NaN);
    }
}
