package dev.tribunal.chattemplate.syntax;

import dev.tribunal.chattemplate.value.Value;
import java.util.List;
import java.util.Optional;

/** What has a value. {@code line} is the template's, from 1. */
public sealed interface Expression {

    int line();

    record Literal(Value value, int line) implements Expression {}

    record Name(String name, int line) implements Expression {}

    record ListDisplay(List<Expression> items, int line) implements Expression {}

    record TupleDisplay(List<Expression> items, int line) implements Expression {}

    record DictDisplay(List<Entry> entries, int line) implements Expression {}

    record Entry(Expression key, Expression value) {}

    /** {@code target.name} */
    record Attribute(Expression target, String name, int line) implements Expression {}

    /** {@code target[index]} */
    record Item(Expression target, Expression index, int line) implements Expression {}

    /** {@code target[start:stop:step]} */
    record Slice(
            Expression target,
            Optional<Expression> start,
            Optional<Expression> stop,
            Optional<Expression> step,
            int line)
            implements Expression {}

    record Call(Expression function, CallArguments arguments, int line) implements Expression {}

    /** {@code target | filter} */
    record Filtered(Expression target, FilterStep filter, int line) implements Expression {}

    /** {@code target is test} */
    record Tested(Expression target, String test, CallArguments arguments, int line) implements Expression {}

    record Not(Expression operand, int line) implements Expression {}

    record And(Expression left, Expression right, int line) implements Expression {}

    record Or(Expression left, Expression right, int line) implements Expression {}

    /** {@code then if test else otherwise} */
    record Conditional(Expression test, Expression then, Optional<Expression> otherwise, int line)
            implements Expression {}

    /** {@code first < second <= third}: each operand is compared with the one before. */
    record Comparison(Expression first, List<Comparand> others, int line) implements Expression {}

    record Comparand(String operator, Expression operand) {}

    record Arithmetic(String operator, Expression left, Expression right, int line) implements Expression {}

    record Signed(boolean negative, Expression operand, int line) implements Expression {}

    /** {@code first ~ second}: texts of anything. */
    record Concatenation(List<Expression> items, int line) implements Expression {}

    /** A filter by name, in an expression or over a block. */
    record FilterStep(String name, CallArguments arguments, int line) {}

    /** {@code (positional, name=value, *starred, **doubleStarred)} */
    record CallArguments(
            List<Expression> positional,
            List<Named> named,
            Optional<Expression> starred,
            Optional<Expression> doubleStarred) {

        static final CallArguments NONE = new CallArguments(List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    record Named(String name, Expression value) {}
}
