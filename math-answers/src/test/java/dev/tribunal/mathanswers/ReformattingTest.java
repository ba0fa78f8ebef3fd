package dev.tribunal.mathanswers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A term equals its own reformattings and rearrangements, and not the term that is one more. */
class ReformattingTest {

    private static final int TERMS = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aTermEqualsItsReformattings(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < TERMS; i++) {
            Term term = Term.random(random, 3);
            String latex = term.latex();
            for (String other : new String[] {
                term.typed(),
                term.turned().latex(),
                "\\left(" + latex + "\\right)",
                "$" + latex.replace("+", " + ").replace("\\frac", "\\dfrac") + "$",
                "\\frac{2\\left(" + latex + "\\right)}{2}",
                latex + "+a-a",
            }) {
                assertThat(difference(latex, other))
                        .as("%s and %s", latex, other)
                        .isNull();
            }
            for (String other : new String[] {latex + "+1", "\\left(" + latex + "\\right)+x^2y^2+x^4+1"}) {
                assertThat(difference(latex, other))
                        .as("%s and %s", latex, other)
                        .isNotNull();
            }
        }
    }

    private static String difference(String reference, String answer) {
        return Comparison.difference(MathReader.read(reference), MathReader.read(answer));
    }

    /** A term that can be written in more than one way; its roots and divisors are positive everywhere. */
    private sealed interface Term {

        record Leaf(String text) implements Term {}

        record Joined(char sign, Term left, Term right) implements Term {}

        record Root(Term radicand) implements Term {}

        static Term random(Random random, int depth) {
            if (depth == 0 || random.nextInt(5) == 0) {
                String[] leaves = {"x", "y", "a", "\\pi", "2", "3.5", "7", "\\sqrt{3}", "x^2", "\\frac{2}{3}", "e"};
                return new Leaf(leaves[random.nextInt(leaves.length)]);
            }
            Term left = random(random, depth - 1);
            return switch (random.nextInt(6)) {
                case 0, 1 -> new Joined('+', left, random(random, depth - 1));
                case 2 -> new Joined('-', left, random(random, depth - 1));
                case 3 -> new Joined('*', left, random(random, depth - 1));
                case 4 -> new Joined('/', left, positive(random(random, depth - 1)));
                default -> new Root(positive(left));
            };
        }

        private static Term positive(Term term) {
            return new Joined('+', new Joined('*', term, term), new Leaf("1"));
        }

        default String latex() {
            return switch (this) {
                case Leaf(String text) -> text;
                case Joined(char sign, Term left, Term right) ->
                    switch (sign) {
                        case '/' -> "\\frac{" + left.latex() + "}{" + right.latex() + "}";
                        case '*' -> "\\left(" + left.latex() + "\\right)\\left(" + right.latex() + "\\right)";
                        case '-' -> left.latex() + "-\\left(" + right.latex() + "\\right)";
                        default -> left.latex() + "+" + right.latex();
                    };
                case Root(Term radicand) -> "\\sqrt{" + radicand.latex() + "}";
            };
        }

        default String typed() {
            return switch (this) {
                case Leaf(String text) ->
                    text.replace("\\pi", "pi").replace("\\sqrt{3}", "sqrt(3)").replace("\\frac{2}{3}", "2/3");
                case Joined(char sign, Term left, Term right) ->
                    "(" + left.typed() + ") " + sign + " (" + right.typed() + ")";
                case Root(Term radicand) -> "sqrt(" + radicand.typed() + ")";
            };
        }

        /** With the operands of sums and products the other way round. */
        default Term turned() {
            return switch (this) {
                case Leaf leaf -> leaf;
                case Joined(char sign, Term left, Term right) ->
                    sign == '+' || sign == '*'
                            ? new Joined(sign, right.turned(), left.turned())
                            : new Joined(sign, left.turned(), right.turned());
                case Root(Term radicand) -> new Root(radicand.turned());
            };
        }
    }
}
