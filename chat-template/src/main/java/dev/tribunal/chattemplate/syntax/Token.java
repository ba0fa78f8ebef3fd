package dev.tribunal.chattemplate.syntax;

/**
 * A piece of a template.
 *
 * @param text data and names as they stand, strings without quotes and escapes, numbers without underscores
 */
record Token(Kind kind, String text, int line) {

    enum Kind {
        DATA("text"),
        PRINT_BEGIN("{{"),
        PRINT_END("}}"),
        BLOCK_BEGIN("{%"),
        BLOCK_END("%}"),
        NAME("a name"),
        STRING("a string"),
        INTEGER("an integer"),
        FLOAT("a number"),
        OPERATOR("an operator"),
        END("the end of the template");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        @Override
        public String toString() {
            return description;
        }
    }

    boolean is(Kind wanted) {
        return kind == wanted;
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    @Override
    public String toString() {
        return kind == Kind.NAME || kind == Kind.OPERATOR ? "'" + text + "'" : kind.toString();
    }
}
