package dev.tribunal.chattemplate;

import dev.tribunal.chattemplate.rendering.Globals;
import dev.tribunal.chattemplate.rendering.Interpreter;
import dev.tribunal.chattemplate.syntax.Parser;
import dev.tribunal.chattemplate.syntax.Statement;
import dev.tribunal.chattemplate.value.Value;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A template that was read; it can be rendered any number of times, by many threads. */
public final class Template {

    private final List<Statement> statements;

    private Template(List<Statement> statements) {
        this.statements = statements;
    }

    /** @throws TemplateException if the text is not a template, or uses what chat templates cannot */
    public static Template parse(String text) {
        try {
            return new Template(Parser.parse(text));
        } catch (StackOverflowError tooDeep) {
            throw new TemplateException(1, "too much nesting");
        }
    }

    /**
     * The text that the template makes of its variables.
     *
     * @param variables texts, {@link Number}s, {@link Boolean}s, null, and lists and maps of these
     * @param now what {@code strftime_now} takes for the time
     * @throws TemplateException if the template refuses the variables, fails, or takes more than it may
     */
    public String render(Map<String, ?> variables, Supplier<LocalDateTime> now) {
        Map<String, Value> values = new HashMap<>(Globals.of(now));
        variables.forEach((name, value) -> values.put(name, value(value)));
        return Interpreter.render(statements, values);
    }

    private static Value value(@Nullable Object value) {
        return switch (value) {
            case null -> Value.None.NONE;
            case String text -> new Value.Text(text);
            case Boolean truth -> Value.Bool.of(truth);
            case Double number -> new Value.Real(number);
            case Number number -> new Value.Int(number.longValue());
            case List<?> items -> {
                List<Value> values = new ArrayList<>();
                items.forEach(item -> values.add(value(item)));
                yield new Value.Sequence(values);
            }
            case Map<?, ?> entries -> {
                Map<Value, Value> values = new LinkedHashMap<>();
                entries.forEach((key, item) -> values.put(value(key), value(item)));
                yield new Value.Dict(values);
            }
            default -> throw new IllegalArgumentException("no template value: " + value.getClass());
        };
    }
}
