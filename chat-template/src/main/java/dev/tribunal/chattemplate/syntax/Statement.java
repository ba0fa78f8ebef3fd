package dev.tribunal.chattemplate.syntax;

import dev.tribunal.chattemplate.syntax.Expression.Call;
import dev.tribunal.chattemplate.syntax.Expression.FilterStep;
import java.util.List;
import java.util.Optional;

/** What a template consists of. {@code line} is the template's, from 1. */
public sealed interface Statement {

    int line();

    /** Text as it stands. */
    record Data(String text, int line) implements Statement {}

    /** {@code {{ value }}} */
    record Print(Expression value, int line) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise, int line) implements Statement {}

    record Branch(Expression test, List<Statement> body) {}

    record For(
            Target target,
            Expression iterable,
            Optional<Expression> filter,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {}

    record Set(Target target, Expression value, int line) implements Statement {}

    /** {@code {% set target | filters %}body{% endset %}} */
    record SetBlock(Target target, List<FilterStep> filters, List<Statement> body, int line) implements Statement {}

    record MacroDefinition(Macro macro, int line) implements Statement {}

    /** {@code {% call(parameters) macro() %}body{% endcall %}}: the body is the macro's {@code caller}. */
    record CallBlock(Macro caller, Call call, int line) implements Statement {}

    record FilterBlock(List<FilterStep> filters, List<Statement> body, int line) implements Statement {}

    record With(List<Binding> bindings, List<Statement> body, int line) implements Statement {}

    record Binding(Target target, Expression value) {}

    /** {@code {% generation %}}, which marks an assistant's text for training masks: here it renders its body. */
    record Generation(List<Statement> body, int line) implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}

    /**
     * @param mentioned every name in the body: {@code varargs}, {@code kwargs} and {@code caller} are only given to
     *     bodies that mention them
     */
    record Macro(String name, List<Parameter> parameters, List<Statement> body, java.util.Set<String> mentioned) {}

    record Parameter(String name, Optional<Expression> otherwise) {}

    /** What is assigned to. */
    sealed interface Target {}

    record NameTarget(String name) implements Target {}

    record AttributeTarget(String namespace, String attribute) implements Target {}

    record TupleTarget(List<Target> targets) implements Target {}
}
