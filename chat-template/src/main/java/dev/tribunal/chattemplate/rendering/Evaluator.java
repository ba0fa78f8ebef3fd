package dev.tribunal.chattemplate.rendering;

import dev.tribunal.chattemplate.syntax.Expression;
import dev.tribunal.chattemplate.syntax.Expression.CallArguments;
import dev.tribunal.chattemplate.syntax.Expression.Comparand;
import dev.tribunal.chattemplate.syntax.Expression.FilterStep;
import dev.tribunal.chattemplate.value.Arguments;
import dev.tribunal.chattemplate.value.Failure;
import dev.tribunal.chattemplate.value.Limits;
import dev.tribunal.chattemplate.value.LoopState;
import dev.tribunal.chattemplate.value.Operations;
import dev.tribunal.chattemplate.value.Printing;
import dev.tribunal.chattemplate.value.StringMethods;
import dev.tribunal.chattemplate.value.Value;
import dev.tribunal.chattemplate.value.Value.Bool;
import dev.tribunal.chattemplate.value.Value.Text;
import dev.tribunal.chattemplate.value.Value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values of expressions. */
public final class Evaluator {

    private final Limits limits;
    private int line = 1;

    Evaluator(Limits limits) {
        this.limits = limits;
    }

    /** Where the template is, for messages. */
    int line() {
        return line;
    }

    void at(int line) {
        this.line = line;
    }

    Value value(Expression expression, Scope scope) {
        line = expression.line();
        Value value = evaluate(expression, scope);
        limits.step(value);
        return value;
    }

    boolean isTrue(Expression expression, Scope scope) {
        return Operations.isTrue(value(expression, scope));
    }

    private Value evaluate(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name(String name, int at) ->
                scope.find(name).orElseGet(() -> new Undefined("'" + name + "' is undefined"));
            case Expression.ListDisplay display -> new Value.Sequence(values(display.items(), scope));
            case Expression.TupleDisplay display -> new Value.Tuple(values(display.items(), scope));
            case Expression.DictDisplay display -> dict(display, scope);
            case Expression.Attribute(Expression target, String name, int at) ->
                Attributes.attribute(value(target, scope), name);
            case Expression.Item(Expression target, Expression index, int at) ->
                Attributes.item(value(target, scope), value(index, scope));
            case Expression.Slice slice ->
                Attributes.slice(
                        value(slice.target(), scope),
                        bound(slice.start(), scope),
                        bound(slice.stop(), scope),
                        bound(slice.step(), scope));
            case Expression.Call call -> call(call, scope);
            case Expression.Filtered(Expression target, FilterStep filter, int at) ->
                filtered(value(target, scope), filter, scope);
            case Expression.Tested tested -> {
                Value target = value(tested.target(), scope);
                Arguments arguments = arguments(tested.arguments(), scope);
                yield Bool.of(Tests.apply(tested.test(), target, arguments));
            }
            case Expression.Not(Expression operand, int at) -> Bool.of(!isTrue(operand, scope));
            case Expression.And(Expression left, Expression right, int at) -> {
                Value first = value(left, scope);
                yield Operations.isTrue(first) ? value(right, scope) : first;
            }
            case Expression.Or(Expression left, Expression right, int at) -> {
                Value first = value(left, scope);
                yield Operations.isTrue(first) ? first : value(right, scope);
            }
            case Expression.Conditional conditional -> conditional(conditional, scope);
            case Expression.Comparison comparison -> comparison(comparison, scope);
            case Expression.Arithmetic(String operator, Expression left, Expression right, int at) ->
                Operations.arithmetic(operator, value(left, scope), value(right, scope));
            case Expression.Signed(boolean negative, Expression operand, int at) ->
                Operations.signed(negative, value(operand, scope));
            case Expression.Concatenation concatenation ->
                new Text(StringMethods.join(values(concatenation.items(), scope), ""));
        };
    }

    private Value bound(Optional<Expression> expression, Scope scope) {
        return expression.map(given -> value(given, scope)).orElse(Value.None.NONE);
    }

    private List<Value> values(List<Expression> expressions, Scope scope) {
        List<Value> values = new ArrayList<>();
        for (Expression expression : expressions) {
            values.add(value(expression, scope));
        }
        return values;
    }

    private Value dict(Expression.DictDisplay display, Scope scope) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        for (Expression.Entry entry : display.entries()) {
            Value key = value(entry.key(), scope);
            if (!(key instanceof Text || key instanceof Value.Int || key instanceof Value.None)) {
                throw new Failure("a key must be a text, an integer or none, not " + Printing.type(key));
            }
            entries.put(key, value(entry.value(), scope));
        }
        return new Value.Dict(entries);
    }

    private Value conditional(Expression.Conditional conditional, Scope scope) {
        if (isTrue(conditional.test(), scope)) {
            return value(conditional.then(), scope);
        }
        return conditional
                .otherwise()
                .map(otherwise -> value(otherwise, scope))
                .orElseGet(() -> new Undefined("the inline if-expression on line " + conditional.line()
                        + " evaluated to false and no else section was defined."));
    }

    private Value comparison(Expression.Comparison comparison, Scope scope) {
        Value left = value(comparison.first(), scope);
        for (Comparand other : comparison.others()) {
            Value right = value(other.operand(), scope);
            if (!Operations.compares(other.operator(), left, right)) {
                return Bool.FALSE;
            }
            left = right;
        }
        return Bool.TRUE;
    }

    Value filtered(Value value, FilterStep filter, Scope scope) {
        Arguments arguments = arguments(filter.arguments(), scope);
        line = filter.line();
        return Filters.apply(filter.name(), value, arguments);
    }

    private Value call(Expression.Call call, Scope scope) {
        return call(value(call.function(), scope), arguments(call.arguments(), scope), call.line());
    }

    Value call(Value function, Arguments arguments, int at) {
        line = at;
        limits.enter();
        Value result = switch (function) {
            case Value.Function(String name, Value.Function.Body body) -> body.call(arguments);
            case Value.Loop(LoopState state) -> state.call(arguments);
            case Undefined(String message) -> throw new Failure(message);
            default -> throw new Failure("'" + Printing.type(function) + "' object is not callable");
        };
        limits.leave();
        line = at;
        return result;
    }

    Arguments arguments(CallArguments written, Scope scope) {
        List<Value> positional = values(written.positional(), scope);
        Map<String, Value> named = new LinkedHashMap<>();
        written.named().forEach(argument -> {
            if (named.put(argument.name(), value(argument.value(), scope)) != null) {
                throw new Failure("two values for '" + argument.name() + "'");
            }
        });
        written.starred().ifPresent(more -> positional.addAll(Operations.items(value(more, scope))));
        written.doubleStarred().ifPresent(more -> {
            if (!(value(more, scope) instanceof Value.Dict dict)) {
                throw new Failure("the argument after ** must be a mapping");
            }
            dict.entries().forEach((name, value) -> {
                if (named.put(Printing.text(name), value) != null) {
                    throw new Failure("two values for '" + Printing.text(name) + "'");
                }
            });
        });
        return new Arguments(positional, named);
    }
}
