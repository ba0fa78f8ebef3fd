package dev.tribunal.chattemplate.syntax;

import dev.tribunal.chattemplate.TemplateException;
import dev.tribunal.chattemplate.syntax.Expression.Call;
import dev.tribunal.chattemplate.syntax.Expression.FilterStep;
import dev.tribunal.chattemplate.syntax.Statement.AttributeTarget;
import dev.tribunal.chattemplate.syntax.Statement.Binding;
import dev.tribunal.chattemplate.syntax.Statement.Branch;
import dev.tribunal.chattemplate.syntax.Statement.Macro;
import dev.tribunal.chattemplate.syntax.Statement.NameTarget;
import dev.tribunal.chattemplate.syntax.Statement.Parameter;
import dev.tribunal.chattemplate.syntax.Statement.Target;
import dev.tribunal.chattemplate.syntax.Statement.TupleTarget;
import dev.tribunal.chattemplate.syntax.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Tokens to statements. */
public final class Parser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int loops;

    private Parser(TokenStream tokens) {
        this.tokens = tokens;
        expressions = new ExpressionParser(tokens);
    }

    public static List<Statement> parse(String template) {
        Parser parser = new Parser(new TokenStream(Lexer.tokens(template)));
        return parser.body(Set.of());
    }

    /** Up to one of the ends, whose name is the next token, or up to the template's end if there are none. */
    private List<Statement> body(Set<String> ends) {
        int outer = tokens.depth();
        tokens.enter();
        List<Statement> body = new ArrayList<>();
        while (!tokens.peek().is(Kind.END)) {
            Token token = tokens.take();
            switch (token.kind()) {
                case DATA -> body.add(new Statement.Data(token.text(), token.line()));
                case PRINT_BEGIN -> {
                    body.add(new Statement.Print(expressions.tuple(), token.line()));
                    tokens.expect(Kind.PRINT_END);
                }
                case BLOCK_BEGIN -> {
                    if (tokens.peek().is(Kind.NAME)
                            && ends.contains(tokens.peek().text())) {
                        tokens.leaveTo(outer);
                        return body;
                    }
                    body.add(statement());
                    tokens.expect(Kind.BLOCK_END);
                }
                case PRINT_END, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR, END ->
                    throw new TemplateException(token.line(), "unexpected " + token);
            }
        }
        if (!ends.isEmpty()) {
            throw tokens.fail("the template ends before " + String.join(" or ", new TreeSet<>(ends)));
        }
        tokens.leaveTo(outer);
        return body;
    }

    /** The body of a block whose opening tag ends here, and the name of its end, which is taken. */
    private List<Statement> block(String... ends) {
        tokens.takeOperator(":");
        tokens.expect(Kind.BLOCK_END);
        return body(Set.of(ends));
    }

    private List<Statement> blockTo(String end) {
        List<Statement> body = block(end);
        tokens.take();
        return body;
    }

    private Statement statement() {
        Token tag = tokens.expect(Kind.NAME);
        int line = tag.line();
        return switch (tag.text()) {
            case "if" -> conditional(line);
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "macro" -> {
                String name = tokens.expect(Kind.NAME).text();
                yield new Statement.MacroDefinition(macro(name, "endmacro"), line);
            }
            case "call" -> callBlock(line);
            case "filter" -> new Statement.FilterBlock(filters(expressions.filter()), blockTo("endfilter"), line);
            case "with" -> with(line);
            case "generation" -> new Statement.Generation(blockTo("endgeneration"), line);
            case "break" -> inLoop(new Statement.Break(line));
            case "continue" -> inLoop(new Statement.Continue(line));
            case "print", "block", "extends", "include", "import", "from", "autoescape" ->
                throw new TemplateException(line, "the tag '" + tag.text() + "' is not supported in chat templates");
            default -> throw new TemplateException(line, "unknown tag '" + tag.text() + "'");
        };
    }

    private Statement inLoop(Statement statement) {
        if (loops == 0) {
            throw new TemplateException(statement.line(), "'break' and 'continue' belong into a for loop");
        }
        return statement;
    }

    private Statement conditional(int line) {
        List<Branch> branches = new ArrayList<>();
        while (true) {
            Expression test = expressions.tupleWithoutCondition();
            branches.add(new Branch(test, block("elif", "else", "endif")));
            String next = tokens.take().text();
            if (next.equals("elif")) {
                continue;
            }
            return new Statement.If(branches, next.equals("else") ? blockTo("endif") : List.of(), line);
        }
    }

    private Statement loop(int line) {
        Target target = targets("in");
        if (target instanceof NameTarget(String name) && name.equals("loop")) {
            throw tokens.fail("a for loop cannot assign to 'loop'");
        }
        tokens.expectName("in");
        Expression iterable = expressions.tupleWithoutCondition();
        Optional<Expression> filter = tokens.takeName("if") ? Optional.of(expressions.expression()) : Optional.empty();
        boolean recursive = tokens.takeName("recursive");
        loops++;
        List<Statement> body = block("endfor", "else");
        loops--;
        List<Statement> otherwise = tokens.take().isName("else") ? blockTo("endfor") : List.of();
        return new Statement.For(target, iterable, filter, recursive, body, otherwise, line);
    }

    private Statement assignment(int line) {
        Target target = targets("");
        if (tokens.takeOperator("=")) {
            return new Statement.Set(target, expressions.tuple(), line);
        }
        List<FilterStep> filters = tokens.takeOperator("|") ? filters(expressions.filter()) : List.of();
        return new Statement.SetBlock(target, filters, blockTo("endset"), line);
    }

    private List<FilterStep> filters(FilterStep first) {
        List<FilterStep> filters = new ArrayList<>(List.of(first));
        while (tokens.takeOperator("|")) {
            filters.add(expressions.filter());
        }
        return filters;
    }

    /** One target, or several between commas, of which one may be last, before {@code end}. */
    private Target targets(String end) {
        List<Target> targets = new ArrayList<>();
        boolean comma = false;
        while (!tokens.peek().isOperator("=")
                && !tokens.peek().isName(end)
                && !tokens.peek().isOperator(")")) {
            targets.add(target());
            if (!tokens.takeOperator(",")) {
                break;
            }
            comma = true;
        }
        if (targets.isEmpty()) {
            throw tokens.fail("expected a name to assign to, not " + tokens.peek());
        }
        return comma ? new TupleTarget(targets) : targets.getFirst();
    }

    private Target target() {
        int outer = tokens.depth();
        if (tokens.takeOperator("(")) {
            tokens.enter();
            Target target = targets("");
            tokens.expectOperator(")");
            tokens.leaveTo(outer);
            return target;
        }
        Token name = tokens.expect(Kind.NAME);
        if (Set.of("true", "false", "none", "True", "False", "None").contains(name.text())) {
            throw new TemplateException(name.line(), "cannot assign to " + name);
        }
        if (tokens.takeOperator(".")) {
            tokens.mention(name.text());
            return new AttributeTarget(name.text(), tokens.expect(Kind.NAME).text());
        }
        return new NameTarget(name.text());
    }

    /** Parameters and body. */
    private Macro macro(String name, String end) {
        Set<String> outer = tokens.openMentions();
        int outerLoops = loops;
        loops = 0;
        List<Parameter> parameters = tokens.peek().isOperator("(") ? parameters() : List.of();
        List<Statement> body = blockTo(end);
        loops = outerLoops;
        return new Macro(name, parameters, body, tokens.closeMentions(outer));
    }

    private List<Parameter> parameters() {
        tokens.expectOperator("(");
        List<Parameter> parameters = new ArrayList<>();
        while (!tokens.takeOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            String name = tokens.expect(Kind.NAME).text();
            Optional<Expression> otherwise =
                    tokens.takeOperator("=") ? Optional.of(expressions.expression()) : Optional.empty();
            if (otherwise.isEmpty()
                    && !parameters.isEmpty()
                    && parameters.getLast().otherwise().isPresent()) {
                throw tokens.fail("the parameter '" + name + "' needs a default, as the one before has one");
            }
            parameters.add(new Parameter(name, otherwise));
        }
        return parameters;
    }

    private Statement callBlock(int line) {
        Set<String> outer = tokens.openMentions();
        List<Parameter> parameters = tokens.peek().isOperator("(") ? parameters() : List.of();
        if (!(expressions.expression() instanceof Call call)) {
            throw new TemplateException(line, "a call block needs a call");
        }
        int outerLoops = loops;
        loops = 0;
        List<Statement> body = blockTo("endcall");
        loops = outerLoops;
        return new Statement.CallBlock(new Macro("caller", parameters, body, tokens.closeMentions(outer)), call, line);
    }

    private Statement with(int line) {
        List<Binding> bindings = new ArrayList<>();
        while (!tokens.peek().is(Kind.BLOCK_END)) {
            if (!bindings.isEmpty()) {
                tokens.expectOperator(",");
            }
            Target target = target();
            tokens.expectOperator("=");
            bindings.add(new Binding(target, expressions.expression()));
        }
        return new Statement.With(bindings, blockTo("endwith"), line);
    }
}
