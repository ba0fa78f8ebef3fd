package dev.tribunal.chattemplate.syntax;

import dev.tribunal.chattemplate.TemplateException;
import dev.tribunal.chattemplate.syntax.Token.Kind;
import dev.tribunal.chattemplate.value.Limits;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A parser's place in the tokens. */
final class TokenStream {

    private final List<Token> tokens;
    private int next;
    private int depth;
    private Set<String> mentioned = new HashSet<>();

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(next);
    }

    Token peekSecond() {
        return tokens.get(Math.min(next + 1, tokens.size() - 1));
    }

    /** The last token, the end, stays. */
    Token take() {
        Token token = peek();
        next = Math.min(next + 1, tokens.size() - 1);
        return token;
    }

    boolean takeName(String name) {
        return takeIf(peek().isName(name));
    }

    boolean takeOperator(String operator) {
        return takeIf(peek().isOperator(operator));
    }

    private boolean takeIf(boolean matches) {
        if (matches) {
            take();
        }
        return matches;
    }

    Token expect(Kind kind) {
        return peek().is(kind) ? take() : expected(kind.toString());
    }

    void expectName(String name) {
        if (!takeName(name)) {
            expected("'" + name + "'");
        }
    }

    void expectOperator(String operator) {
        if (!takeOperator(operator)) {
            expected("'" + operator + "'");
        }
    }

    private Token expected(String what) {
        throw fail("expected " + what + ", not " + peek());
    }

    TemplateException fail(String message) {
        return new TemplateException(peek().line(), message);
    }

    /** Around what may hold itself, so that a template cannot exhaust the stack. */
    void enter() {
        if (++depth > Limits.DEPTH) {
            throw fail("more than " + Limits.DEPTH + " parts within each other");
        }
    }

    int depth() {
        return depth;
    }

    void leaveTo(int outer) {
        depth = outer;
    }

    void mention(String name) {
        mentioned.add(name);
    }

    /** The names mentioned from here on, until {@link #closeMentions}. */
    Set<String> openMentions() {
        Set<String> outer = mentioned;
        mentioned = new HashSet<>();
        return outer;
    }

    Set<String> closeMentions(Set<String> outer) {
        Set<String> inner = mentioned;
        mentioned = outer;
        outer.addAll(inner);
        return inner;
    }
}
