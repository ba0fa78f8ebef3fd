package dev.tribunal.chattemplate.syntax;

import dev.tribunal.chattemplate.TemplateException;
import dev.tribunal.chattemplate.syntax.Expression.And;
import dev.tribunal.chattemplate.syntax.Expression.Arithmetic;
import dev.tribunal.chattemplate.syntax.Expression.Attribute;
import dev.tribunal.chattemplate.syntax.Expression.Call;
import dev.tribunal.chattemplate.syntax.Expression.CallArguments;
import dev.tribunal.chattemplate.syntax.Expression.Comparand;
import dev.tribunal.chattemplate.syntax.Expression.Comparison;
import dev.tribunal.chattemplate.syntax.Expression.Concatenation;
import dev.tribunal.chattemplate.syntax.Expression.Conditional;
import dev.tribunal.chattemplate.syntax.Expression.DictDisplay;
import dev.tribunal.chattemplate.syntax.Expression.Entry;
import dev.tribunal.chattemplate.syntax.Expression.FilterStep;
import dev.tribunal.chattemplate.syntax.Expression.Filtered;
import dev.tribunal.chattemplate.syntax.Expression.Item;
import dev.tribunal.chattemplate.syntax.Expression.ListDisplay;
import dev.tribunal.chattemplate.syntax.Expression.Literal;
import dev.tribunal.chattemplate.syntax.Expression.Name;
import dev.tribunal.chattemplate.syntax.Expression.Named;
import dev.tribunal.chattemplate.syntax.Expression.Not;
import dev.tribunal.chattemplate.syntax.Expression.Or;
import dev.tribunal.chattemplate.syntax.Expression.Signed;
import dev.tribunal.chattemplate.syntax.Expression.Slice;
import dev.tribunal.chattemplate.syntax.Expression.Tested;
import dev.tribunal.chattemplate.syntax.Expression.TupleDisplay;
import dev.tribunal.chattemplate.syntax.Token.Kind;
import dev.tribunal.chattemplate.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Tokens to expressions; a method a level of precedence, loosest first, as in Jinja's parser. */
public final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    Expression expression() {
        return nested(this::conditional);
    }

    /** An expression, or several between commas, which are a tuple. */
    Expression tuple() {
        return tuple(this::expression, false);
    }

    /** As {@link #tuple()}, where a following {@code if} is not part of it. */
    Expression tupleWithoutCondition() {
        return tuple(() -> nested(this::or), false);
    }

    private Expression tuple(Supplier<Expression> item, boolean mayBeEmpty) {
        int line = tokens.peek().line();
        List<Expression> items = new ArrayList<>();
        boolean comma = false;
        while (!endsTuple()) {
            items.add(item.get());
            if (!tokens.takeOperator(",")) {
                break;
            }
            comma = true;
        }
        if (!comma && !items.isEmpty()) {
            return items.getFirst();
        }
        if (!comma && !mayBeEmpty) {
            throw noExpression();
        }
        return new TupleDisplay(items, line);
    }

    private boolean endsTuple() {
        Token next = tokens.peek();
        return next.is(Kind.PRINT_END) || next.is(Kind.BLOCK_END) || next.isOperator(")");
    }

    /** Bounds how deep expressions hold each other: what parses within the limit evaluates within it too. */
    private Expression nested(Supplier<Expression> part) {
        int outer = tokens.depth();
        tokens.enter();
        Expression expression = part.get();
        tokens.leaveTo(outer);
        return expression;
    }

    private Expression conditional() {
        int line = tokens.peek().line();
        Expression expression = or();
        while (tokens.takeName("if")) {
            tokens.enter();
            Expression test = or();
            Optional<Expression> otherwise =
                    tokens.takeName("else") ? Optional.of(nested(this::conditional)) : Optional.empty();
            expression = new Conditional(test, expression, otherwise, line);
        }
        return expression;
    }

    private Expression or() {
        Expression left = and();
        for (int line = tokens.peek().line();
                tokens.takeName("or");
                line = tokens.peek().line()) {
            tokens.enter();
            left = new Or(left, and(), line);
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        for (int line = tokens.peek().line();
                tokens.takeName("and");
                line = tokens.peek().line()) {
            tokens.enter();
            left = new And(left, not(), line);
        }
        return left;
    }

    private Expression not() {
        int line = tokens.peek().line();
        return tokens.takeName("not") ? new Not(nested(this::not), line) : comparison();
    }

    private Expression comparison() {
        int line = tokens.peek().line();
        Expression first = sum();
        List<Comparand> others = new ArrayList<>();
        while (true) {
            Token next = tokens.peek();
            if (next.is(Kind.OPERATOR) && COMPARISONS.contains(next.text())) {
                tokens.take();
                others.add(new Comparand(next.text(), sum()));
            } else if (tokens.takeName("in")) {
                others.add(new Comparand("in", sum()));
            } else if (next.isName("not") && tokens.peekSecond().isName("in")) {
                tokens.take();
                tokens.take();
                others.add(new Comparand("not in", sum()));
            } else {
                return others.isEmpty() ? first : new Comparison(first, others, line);
            }
        }
    }

    private Expression sum() {
        return leftToRight(Set.of("+", "-"), this::concatenation);
    }

    private Expression concatenation() {
        int line = tokens.peek().line();
        List<Expression> items = new ArrayList<>(List.of(product()));
        while (tokens.takeOperator("~")) {
            items.add(product());
        }
        return items.size() == 1 ? items.getFirst() : new Concatenation(items, line);
    }

    private Expression product() {
        return leftToRight(Set.of("*", "/", "//", "%"), this::power);
    }

    /** From left to right, unlike Python's. */
    private Expression power() {
        return leftToRight(Set.of("**"), () -> unary(true));
    }

    private Expression leftToRight(Set<String> operators, Supplier<Expression> operand) {
        Expression left = operand.get();
        while (tokens.peek().is(Kind.OPERATOR)
                && operators.contains(tokens.peek().text())) {
            tokens.enter();
            Token operator = tokens.take();
            left = new Arithmetic(operator.text(), left, operand.get(), operator.line());
        }
        return left;
    }

    private Expression unary(boolean withFilters) {
        Token sign = tokens.peek();
        Expression operand;
        if (sign.isOperator("-") || sign.isOperator("+")) {
            tokens.take();
            operand = new Signed(sign.isOperator("-"), nested(() -> unary(false)), sign.line());
        } else {
            operand = primary();
        }
        Expression expression = postfix(operand);
        return withFilters ? filtersAndTests(expression) : expression;
    }

    private Expression primary() {
        Token token = tokens.peek();
        int line = token.line();
        return switch (token.kind()) {
            case NAME -> name(tokens.take());
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (tokens.peek().is(Kind.STRING)) {
                    text.append(tokens.take().text());
                }
                yield new Literal(new Value.Text(text.toString()), line);
            }
            case INTEGER -> new Literal(new Value.Int(integer(tokens.take())), line);
            case FLOAT ->
                new Literal(new Value.Real(Double.parseDouble(tokens.take().text())), line);
            case OPERATOR -> display(line);
            case DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, END -> throw noExpression();
        };
    }

    private Expression display(int line) {
        if (tokens.takeOperator("(")) {
            Expression inner = tuple(this::expression, true);
            tokens.expectOperator(")");
            return inner;
        }
        if (tokens.takeOperator("[")) {
            return new ListDisplay(items("]", this::expression), line);
        }
        if (tokens.takeOperator("{")) {
            return new DictDisplay(items("}", this::entry), line);
        }
        throw noExpression();
    }

    private TemplateException noExpression() {
        return tokens.fail("expected an expression, not " + tokens.peek());
    }

    private Expression name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Literal(Value.Bool.TRUE, token.line());
            case "false", "False" -> new Literal(Value.Bool.FALSE, token.line());
            case "none", "None" -> new Literal(Value.None.NONE, token.line());
            default -> {
                tokens.mention(token.text());
                yield new Name(token.text(), token.line());
            }
        };
    }

    private long integer(Token token) {
        String digits = token.text().toLowerCase(Locale.ROOT);
        try {
            return switch (digits.length() > 1 ? digits.charAt(1) : ' ') {
                case 'x' -> Long.parseLong(digits.substring(2), 16);
                case 'o' -> Long.parseLong(digits.substring(2), 8);
                case 'b' -> Long.parseLong(digits.substring(2), 2);
                default -> Long.parseLong(digits);
            };
        } catch (NumberFormatException tooLarge) {
            throw new TemplateException(token.line(), "the integer " + token.text() + " is too large");
        }
    }

    /** Between commas, of which one may be last. */
    private <T> List<T> items(String end, Supplier<T> item) {
        List<T> items = new ArrayList<>();
        while (!tokens.takeOperator(end)) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.takeOperator(end)) {
                    break;
                }
            }
            items.add(item.get());
        }
        return items;
    }

    private Entry entry() {
        Expression key = expression();
        tokens.expectOperator(":");
        return new Entry(key, expression());
    }

    private Expression postfix(Expression start) {
        Expression expression = start;
        while (true) {
            Token next = tokens.peek();
            if (tokens.takeOperator(".")) {
                expression = attribute(expression);
            } else if (tokens.takeOperator("[")) {
                expression = subscript(expression, next.line());
            } else if (next.isOperator("(")) {
                expression = call(expression);
            } else {
                return expression;
            }
            tokens.enter();
        }
    }

    private Expression attribute(Expression target) {
        Token name = tokens.take();
        return switch (name.kind()) {
            case NAME -> new Attribute(target, name.text(), name.line());
            case INTEGER ->
                new Expression.Item(target, new Literal(new Value.Int(integer(name)), name.line()), name.line());
            default -> throw new TemplateException(name.line(), "expected a name after '.', not " + name);
        };
    }

    private Expression subscript(Expression target, int line) {
        if (tokens.peek().isOperator(":")) {
            return slice(target, Optional.empty(), line);
        }
        Expression index = expression();
        if (tokens.peek().isOperator(":")) {
            return slice(target, Optional.of(index), line);
        }
        if (tokens.peek().isOperator(",")) {
            throw tokens.fail("more than one index in brackets is not supported");
        }
        tokens.expectOperator("]");
        return new Item(target, index, line);
    }

    private Expression slice(Expression target, Optional<Expression> start, int line) {
        tokens.expectOperator(":");
        Optional<Expression> stop = bound();
        Optional<Expression> step = tokens.takeOperator(":") ? bound() : Optional.empty();
        tokens.expectOperator("]");
        return new Slice(target, start, stop, step, line);
    }

    private Optional<Expression> bound() {
        Token next = tokens.peek();
        return next.isOperator(":") || next.isOperator("]") ? Optional.empty() : Optional.of(expression());
    }

    Call call(Expression function) {
        int line = tokens.peek().line();
        return new Call(function, arguments(), line);
    }

    private CallArguments arguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        List<Named> named = new ArrayList<>();
        Optional<Expression> starred = Optional.empty();
        Optional<Expression> doubleStarred = Optional.empty();
        boolean first = true;
        while (!tokens.takeOperator(")")) {
            if (!first) {
                tokens.expectOperator(",");
                if (tokens.takeOperator(")")) {
                    break;
                }
            }
            first = false;
            if (tokens.takeOperator("*")) {
                starred = Optional.of(expression());
            } else if (tokens.takeOperator("**")) {
                doubleStarred = Optional.of(expression());
            } else if (tokens.peek().is(Kind.NAME) && tokens.peekSecond().isOperator("=")) {
                String name = tokens.take().text();
                tokens.take();
                named.add(new Named(name, expression()));
            } else if (named.isEmpty() && starred.isEmpty() && doubleStarred.isEmpty()) {
                positional.add(expression());
            } else {
                throw tokens.fail("an argument without a name comes after one with a name");
            }
        }
        return new CallArguments(positional, named, starred, doubleStarred);
    }

    private Expression filtersAndTests(Expression start) {
        Expression expression = start;
        while (true) {
            Token next = tokens.peek();
            if (tokens.takeOperator("|")) {
                expression = new Filtered(expression, filter(), next.line());
            } else if (tokens.takeName("is")) {
                expression = test(expression, next.line());
            } else if (next.isOperator("(")) {
                expression = call(expression);
            } else {
                return expression;
            }
            tokens.enter();
        }
    }

    /** A filter's name and arguments. */
    FilterStep filter() {
        Token name = tokens.expect(Kind.NAME);
        CallArguments arguments = tokens.peek().isOperator("(") ? arguments() : CallArguments.NONE;
        return new FilterStep(name.text(), arguments, name.line());
    }

    private Expression test(Expression target, int line) {
        boolean negated = tokens.takeName("not");
        String name = tokens.expect(Kind.NAME).text();
        CallArguments arguments = CallArguments.NONE;
        if (tokens.peek().isOperator("(")) {
            arguments = arguments();
        } else if (beginsOperand(tokens.peek())) {
            if (tokens.peek().isName("is")) {
                throw tokens.fail("tests cannot follow each other: write (x is a) is b");
            }
            arguments = new CallArguments(
                    List.of(nested(() -> postfix(primary()))), List.of(), Optional.empty(), Optional.empty());
        }
        Expression tested = new Tested(target, name, arguments, line);
        return negated ? new Not(tested, line) : tested;
    }

    private static boolean beginsOperand(Token token) {
        return switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.isOperator("[") || token.isOperator("{");
            case DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, END -> false;
        };
    }
}
