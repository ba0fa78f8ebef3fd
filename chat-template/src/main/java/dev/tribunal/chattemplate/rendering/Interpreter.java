package dev.tribunal.chattemplate.rendering;

import dev.tribunal.chattemplate.syntax.Expression;
import dev.tribunal.chattemplate.syntax.Expression.FilterStep;
import dev.tribunal.chattemplate.syntax.Statement;
import dev.tribunal.chattemplate.syntax.Statement.AttributeTarget;
import dev.tribunal.chattemplate.syntax.Statement.Binding;
import dev.tribunal.chattemplate.syntax.Statement.Branch;
import dev.tribunal.chattemplate.syntax.Statement.For;
import dev.tribunal.chattemplate.syntax.Statement.Macro;
import dev.tribunal.chattemplate.syntax.Statement.NameTarget;
import dev.tribunal.chattemplate.syntax.Statement.Parameter;
import dev.tribunal.chattemplate.syntax.Statement.Target;
import dev.tribunal.chattemplate.syntax.Statement.TupleTarget;
import dev.tribunal.chattemplate.value.Arguments;
import dev.tribunal.chattemplate.value.Failure;
import dev.tribunal.chattemplate.value.Limits;
import dev.tribunal.chattemplate.value.LoopState;
import dev.tribunal.chattemplate.value.Operations;
import dev.tribunal.chattemplate.value.Printing;
import dev.tribunal.chattemplate.value.Value;
import dev.tribunal.chattemplate.value.Value.Text;
import dev.tribunal.chattemplate.value.Value.Undefined;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One rendering: statements to text. */
public final class Interpreter {

    private final Limits limits = new Limits();
    private final Evaluator evaluator = new Evaluator(limits);

    /** What comes after a statement. */
    private enum Next {
        STATEMENT,
        ITERATION,
        END_OF_LOOP
    }

    public static String render(List<Statement> template, Map<String, Value> variables) {
        Interpreter interpreter = new Interpreter();
        StringBuilder output = new StringBuilder();
        try {
            // Templates set names beside the variables, not among them.
            interpreter.run(template, new Scope(variables).inner(), output);
        } catch (Failure failure) {
            throw failure.at(interpreter.evaluator.line());
        } catch (StackOverflowError tooDeep) {
            throw new Failure("too much nesting").at(interpreter.evaluator.line());
        }
        return output.toString();
    }

    private Next run(List<Statement> body, Scope scope, StringBuilder output) {
        for (Statement statement : body) {
            evaluator.at(statement.line());
            Next next = run(statement, scope, output);
            if (next != Next.STATEMENT) {
                return next;
            }
        }
        return Next.STATEMENT;
    }

    private Next run(Statement statement, Scope scope, StringBuilder output) {
        switch (statement) {
            case Statement.Data(String text, int line) -> write(text, output);
            case Statement.Print(Expression value, int line) ->
                write(Printing.text(evaluator.value(value, scope)), output);
            case Statement.If(List<Branch> branches, List<Statement> otherwise, int line) -> {
                for (Branch branch : branches) {
                    if (evaluator.isTrue(branch.test(), scope)) {
                        return run(branch.body(), scope, output);
                    }
                }
                return run(otherwise, scope, output);
            }
            case For loop -> loop(loop, evaluator.value(loop.iterable(), scope), scope, 0, output);
            case Statement.Set(Target target, Expression value, int line) ->
                assign(target, evaluator.value(value, scope), scope);
            case Statement.SetBlock(Target target, List<FilterStep> filters, List<Statement> body, int line) ->
                assign(target, filtered(rendered(body, scope.inner()), filters, scope), scope);
            case Statement.MacroDefinition(Macro macro, int line) -> scope.set(macro.name(), function(macro, scope));
            case Statement.CallBlock block -> write(Printing.text(callBlock(block, scope)), output);
            case Statement.FilterBlock(List<FilterStep> filters, List<Statement> body, int line) ->
                write(Printing.text(filtered(rendered(body, scope.inner()), filters, scope)), output);
            case Statement.With(List<Binding> bindings, List<Statement> body, int line) -> {
                Scope inner = scope.inner();
                bindings.forEach(binding -> assign(binding.target(), evaluator.value(binding.value(), scope), inner));
                return run(body, inner, output);
            }
            case Statement.Generation(List<Statement> body, int line) -> {
                return run(body, scope.inner(), output);
            }
            case Statement.Break end -> {
                return Next.END_OF_LOOP;
            }
            case Statement.Continue end -> {
                return Next.ITERATION;
            }
        }
        return Next.STATEMENT;
    }

    private static void write(String text, StringBuilder output) {
        Limits.requireText((long) output.length() + text.length());
        output.append(text);
    }

    private Value rendered(List<Statement> body, Scope scope) {
        StringBuilder output = new StringBuilder();
        run(body, scope, output);
        return new Text(output.toString());
    }

    private Value filtered(Value value, List<FilterStep> filters, Scope scope) {
        Value filtered = value;
        for (FilterStep filter : filters) {
            filtered = evaluator.filtered(filtered, filter, scope);
        }
        return filtered;
    }

    private void loop(For loop, Value iterable, Scope scope, int depth, StringBuilder output) {
        Optional<Value.Function> recursion = loop.recursive()
                ? Optional.of(new Value.Function("loop", arguments -> {
                    StringBuilder inner = new StringBuilder();
                    Value items = arguments.bind("loop", "iterable").get("iterable");
                    loop(loop, items, scope, depth + 1, inner);
                    return new Text(inner.toString());
                }))
                : Optional.empty();
        Iterator<Value> items = Operations.iterator(iterable);
        boolean sized = loop.filter().isEmpty() && !(iterable instanceof Value.Generator);
        LoopState state = new LoopState(
                loop.filter()
                        .map(test -> passing(items, loop.target(), test, scope))
                        .orElse(items),
                sized ? Operations.length(iterable) : -1,
                depth,
                recursion);
        Value item = state.next();
        if (item == null) {
            run(loop.otherwise(), scope.inner(), output);
        }
        for (; item != null; item = state.next()) {
            limits.step(item);
            Scope inner = scope.inner();
            inner.set("loop", new Value.Loop(state));
            assign(loop.target(), item, inner);
            if (run(loop.body(), inner, output) == Next.END_OF_LOOP) {
                return;
            }
            evaluator.at(loop.line());
        }
    }

    /** The items that the loop's {@code if} lets through, tested no sooner than they are asked for. */
    private Iterator<Value> passing(Iterator<Value> items, Target target, Expression test, Scope scope) {
        Iterable<Value> all = () -> items;
        return java.util.stream.StreamSupport.stream(all.spliterator(), false)
                .filter(item -> {
                    Scope inner = scope.inner();
                    assign(target, item, inner);
                    return evaluator.isTrue(test, inner);
                })
                .iterator();
    }

    private void assign(Target target, Value value, Scope scope) {
        switch (target) {
            case NameTarget(String name) -> scope.set(name, value);
            case AttributeTarget(String name, String attribute) -> {
                Value namespace = scope.find(name).orElseGet(() -> new Undefined("'" + name + "' is undefined"));
                if (!(namespace instanceof Value.Namespace(LinkedHashMap<String, Value> attributes))) {
                    throw new Failure("cannot assign attribute on non-namespace object '" + name + "'");
                }
                attributes.put(Globals.requireAttribute(attribute), value);
            }
            case TupleTarget(List<Target> targets) -> {
                List<Value> items = Operations.items(value);
                if (items.size() != targets.size()) {
                    throw new Failure("expected " + targets.size() + " values to unpack, got " + items.size());
                }
                for (int i = 0; i < items.size(); i++) {
                    assign(targets.get(i), items.get(i), scope);
                }
            }
        }
    }

    private Value callBlock(Statement.CallBlock block, Scope scope) {
        Value.Function caller = function(block.caller(), scope);
        Value macro = evaluator.value(block.call().function(), scope);
        Arguments written = evaluator.arguments(block.call().arguments(), scope);
        Map<String, Value> named = new LinkedHashMap<>(written.named());
        named.put("caller", caller);
        return evaluator.call(macro, new Arguments(written.positional(), named), block.line());
    }

    private Value.Function function(Macro macro, Scope scope) {
        return new Value.Function(macro.name(), arguments -> {
            Scope inner = scope.inner();
            bind(macro, arguments, inner);
            return rendered(macro.body(), inner);
        });
    }

    /** Arguments to parameters, then defaults, which see the parameters before them. */
    private void bind(Macro macro, Arguments arguments, Scope scope) {
        List<Parameter> parameters = macro.parameters();
        List<Value> positional = arguments.positional();
        Map<String, Value> named = new LinkedHashMap<>(arguments.named());
        boolean declaresCaller =
                parameters.stream().anyMatch(parameter -> parameter.name().equals("caller"));
        if (macro.mentioned().contains("caller") && !declaresCaller) {
            Value caller = named.remove("caller");
            scope.set("caller", caller == null ? new Undefined("No caller defined") : caller);
        }
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            Value value = i < positional.size() ? positional.get(i) : named.remove(parameter.name());
            if (value == null) {
                value = parameter
                        .otherwise()
                        .map(otherwise -> evaluator.value(otherwise, scope))
                        .orElseGet(() -> new Undefined("parameter '" + parameter.name() + "' was not provided"));
            }
            scope.set(parameter.name(), value);
        }
        if (macro.mentioned().contains("kwargs")) {
            scope.set("kwargs", Globals.dict(named));
        } else if (!named.isEmpty()) {
            throw new Failure("macro '" + macro.name() + "' takes no argument '"
                    + named.keySet().iterator().next() + "'");
        }
        int more = Math.min(parameters.size(), positional.size());
        if (macro.mentioned().contains("varargs")) {
            scope.set("varargs", new Value.Tuple(positional.subList(more, positional.size())));
        } else if (more < positional.size()) {
            throw new Failure("macro '" + macro.name() + "' takes not more than " + more + " arguments");
        }
    }
}
