package dev.tribunal.judge.rules.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.servicekit.files.JsonLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class MathAnswerJudgeTest {

    private final MathAnswerJudge judge = new MathAnswerJudge();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        4                                                       | 4
        so it is 4.                                             | 4
        2 and 2 make 4!                                         | 4.0
        28 - 3 = 25. The final answer is 25.                    | 25
        The final answer is: 25                                 | 25
        The answer is **25**.                                   | 25
        Answer: 25                                              | 25
        She has $1,234.50 left.                                 | 1234.5
        The final answer is 1,234,567 dollars.                  | 1234567
        The final answer is $18.                                | 18
        The final answer is \\$18.                              | $18
        The final answer is 12 apples.                          | 12
        The final answer is x = 5.                              | 5
        The final answer is 2 + 3 = 5.                          | 5
        The final answer is -7.                                 | -7
        The final answer is −7.                                 | -7
        The final answer is 3/4.                                | 0.75
        The final answer is 6/8.                                | 3/4
        The final answer is 1 1/2 hours.                        | 1.5
        The final answer is .5                                  | 1/2
        The final answer is 50%.                                | 50
        The final answer is 50%.                                | 0.5
        The final answer is 0.5.                                | 50%
        The final answer is 1.5e3.                              | 1500
        The final answer is 2 \\times 10^{-3}.                  | 0.002
        The final answer is 1.50.                               | 1.5
        Thus \\boxed{42}.                                       | 42
        Thus \\boxed{\\frac{1}{2}} of it.                       | 0.5
        Thus $\\boxed{\\dfrac{3}{4}}$                           | \\frac{3}{4}
        Thus \\boxed{-\\frac12}                                 | -0.5
        Thus \\boxed{2\\frac{1}{4}}                             | 9/4
        Thus \\boxed{1{,}000}                                   | 1000
        Thus \\boxed{12\\text{ cm}}                             | 12
        Thus \\boxed{\\text{even}}                              | even
        First \\boxed{3}, no: \\boxed{4}                        | 4
        The answer is 3. No, the answer is 4.                   | 4
        x + 1 is what it is: \\boxed{x+1}                       | x + 1
        The final answer is 3 h.                                | 3h
        The final answer is 20°.                                | 20
        The ratio is 3. The final answer is 10                  | 10
        """)
    void theSameAnswerIsSatisfied(String completion, String reference) {
        assertThat(satisfied(completion, reference, "any")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        5                                                       | 4
        The final answer is 24.                                 | 25
        25 it could be, but the final answer is 26.             | 25
        The final answer is 7.                                  | -7
        The final answer is 1234.                               | 12345
        The final answer is 1,234.                              | 1
        The final answer is 2.50.                               | 25
        The final answer is 5 or 6.                             | 5
        The final answer is 3/5.                                | 0.75
        The final answer is 500%.                               | 50
        The answer is 5 if x is 3.                              | 3
        I do not know.                                          | 25
        `  `                                                    | 25
        Thus \\boxed{}                                          | 25
        The final answer is unknown.                            | 25
        Thus \\boxed{odd}                                       | even
        The final answer is y + 1.                              | x + 1
        The final answer is 2y.                                 | 2x
        The final answer is 1/0.                                | 1
        28-3                                                    | -3
        """)
    void anotherAnswerOrNoneIsViolated(String completion, String reference) {
        assertThat(satisfied(completion, reference, "any")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        28 - 3 = 25. The final answer is 25.  | true
        the final answer is 25                | true
        The final answer is \\boxed{25}.      | true
        `The final answer is: $25.00\nThanks` | true
        28 - 3 = 25.                          | false
        The answer is 25.                     | false
        \\boxed{25}                           | false
        The final answer is                   | false
        """)
    void theStrictFormTakesOnlyItsSentence(String completion, boolean satisfied) {
        assertThat(satisfied(completion.replace("\\n", "\n"), "25", "final-answer"))
                .isEqualTo(satisfied);
    }

    @Test
    void aReferenceMayBeANumberOrAWorkedSolution() {
        assertThat(judge("It is 51.", 51.0))
                .isInstanceOfSatisfying(
                        ItemVerdict.Decided.class,
                        decided -> assertThat(decided.satisfied()).isTrue());
        assertThat(judge("It is 18.", "She has 16 - 3 - 4 = <<16-3-4=9>>9 and sells 9 * 2.\n#### 18"))
                .isInstanceOfSatisfying(
                        ItemVerdict.Decided.class,
                        decided -> assertThat(decided.satisfied()).isTrue());
    }

    @Test
    void withoutAReferenceNothingIsDecided() {
        for (Object none : new Object[] {"", " ", List.of(), true}) {
            assertThat(judge("It is 18.", none))
                    .isInstanceOfSatisfying(
                            ItemVerdict.Undecided.class,
                            undecided -> assertThat(undecided.error().code()).isEqualTo("missing_reference"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        Thus \\boxed{\\frac{\\sqrt{2}}{2}}.                       | \\frac{1}{\\sqrt{2}}
        Thus \\boxed{\\left(3, \\frac{\\pi}{2}\\right)}             | (3, 90^\\circ)
        First \\boxed{x=1}, then $\\boxed{x = \\{1, 2\\}}$         | \\{2, 1\\}
        The answer is $x^2 + 2x + 1$, as was to be shown.         | (x+1)^2
        The final answer is $\\frac{3}{4}$. I hope it is correct. | 0.75
        The final answer is \\(5!\\). So it is.                   | 120
        `The final answer is:\n\\[ x = 5 \\]\nDone.`              | 5
        `The answer is\n\n$$\\frac{1}{2}$$`                      | 0.5
        **Answer:** $(-\\infty, 3)$                              | x<3
        **Answer**: B                                             | \\text{(B)}
        So $y=2$ and hence $x^2=4x-4$, that is $\\sqrt{12}$.      | 2\\sqrt{3}
        x^2-1                                                     | (x-1)(x+1)
        So the answer is 25, a nice number.                       | 25
        The answer is $x = 2$, as $f(2) = 0$.                     | 2
        Final answer: The largest $n$ is 34.                      | 34
        Final answer: The value of $f(2)$ is $\\frac{6}{2}$.        | 3
        Thus \\boxed{\\text{12 apples}}.                            | 12
        Thus \\boxed{\\textbf{42}}.                                 | 42
        The answer is 2nd.                                        | 2
        We find that $x \\lt 3$.                                  | x<3
        So the answer is 25, which is what she has left.          | 25
        The answer is: the number 12                              | 12
        \\boxed 5                                                 | 5
        Therefore $\\boxed{5}$                                    | \\boxed{5}
        The Final Answer Is: 2\\frac{1}{2}                        | 5/2
        """)
    void answersAreReadAsMathematics(String completion, String reference) {
        assertThat(satisfied(completion.replace("\\n", "\n"), reference, "any")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        \\boxed{3/4}                  | 0.8           | its answer is '3/4', not '0.8'
        \\boxed{2x+1} | x+1 | its answer is '2x+1', not 'x+1': at x = 2 it is 5, not 3
        \\boxed{1, 2} | 1, 3 | its answer is '1, 2', not '1, 3': part 2 of the reference is missing
        \\boxed{(1,3)} | (1,2) | its answer is '(1,3)', not '(1,2)': part 2 is another
        \\boxed{[0,1)} | (0,1) | its answer is '[0,1)', not '(0,1)': an end is included that is not in the reference
        \\boxed{y=5} | x=5 | its answer is 'y=5', not 'x=5': it says what y is, not x
        \\boxed{1.414} | \\sqrt{2} | its answer is '1.414', not '\\sqrt{2}': it is 1.414, not about 1.41421
        \\boxed{5 kg} | 5\\text{ m} | its answer is '5 kg', not '5\\text{ m}': kg measure another thing than m
        \\boxed{\\frac{1}{2} | 0.5 | `its answer '{\\frac{1}{2}' cannot be read: it ends too early`
        \\boxed{\\int x} | 5 | its answer '\\int x' cannot be read: '\\int' is not known
        So it is 6.                   | 5             | its last number is 6, not '5'
        So it is $\\frac{1}{2}$.      | 2             | its answer is '\\frac{1}{2}', not '2'
        I do not know.                | 5             | has no answer
        """)
    void theReasonSaysWhy(String completion, String reference, String reason) {
        assertThat(judge(completion, reference)).isEqualTo(ItemVerdict.violated(reason));
    }

    @Test
    void nothingIsGuessedFromAReferenceThatCannotBeRead() {
        assertThat(judge("\\boxed{5}", "\\int_0^1 x\\,dx"))
                .isInstanceOfSatisfying(ItemVerdict.Undecided.class, undecided -> {
                    assertThat(undecided.error().code()).isEqualTo("unreadable_reference");
                    assertThat(undecided.error().detail()).contains("'\\int' is not known");
                });
        assertThat(judge("\\boxed{9^9}", "9^{9^{9^9}}"))
                .isInstanceOfSatisfying(
                        ItemVerdict.Undecided.class,
                        undecided -> assertThat(undecided.error().code()).isEqualTo("undecidable"));
        assertThat(judge("\\boxed{\\int_0^1 x\\,dx}", "\\int_0^1 x\\,dx"))
                .isEqualTo(ItemVerdict.satisfied("its answer is '\\int_0^1 x\\,dx'"));
    }

    @Test
    void anUnknownFormIsRefused() {
        assertThat(judge.check(Map.of("form", "loose"))).hasSize(1);
        assertThat(judge.check(Map.of("fom", "any")))
                .singleElement()
                .satisfies(error -> assertThat(error.pointer()).isEqualTo("/fom"));
        assertThat(judge.check(Map.of("form", "final-answer"))).isEmpty();
    }

    @Test
    void aNumberWithoutEndIsNoReasonToHang() {
        assertThat(satisfied("9".repeat(200_000), "25", "any")).isFalse();
        assertThat(satisfied("1,".repeat(100_000), "25", "any")).isFalse();
        assertThat(satisfied("answer is ".repeat(20_000), "25", "any")).isFalse();
    }

    /** Every worked solution answers its own question, and not one whose answer is one more. */
    @Test
    void gradeSchoolSolutionsAnswerThemselves() {
        Path data = Path.of("../../shared/data/gsm8k/test-first200.jsonl");
        assumeTrue(Files.exists(data));
        for (JsonNode row : JsonLines.read(data, row -> row)) {
            String solution = row.path("answer").asString();
            String answer = solution.substring(solution.lastIndexOf("####") + 4).strip();
            long number = Long.parseLong(answer.replace(",", ""));
            assertThat(satisfied(solution, solution, "any")).as(solution).isTrue();
            assertThat(satisfied("The final answer is " + answer + ".", solution, "final-answer"))
                    .isTrue();
            assertThat(satisfied(solution, Long.toString(number + 1), "any"))
                    .as(solution)
                    .isFalse();
        }
    }

    private boolean satisfied(String completion, String reference, String form) {
        ItemVerdict verdict = judge.judge(item(completion, reference), Map.of("form", form), soon());
        assertThat(verdict).isInstanceOf(ItemVerdict.Decided.class);
        return ((ItemVerdict.Decided) verdict).satisfied();
    }

    private ItemVerdict judge(String completion, Object reference) {
        return judge.judge(item(completion, reference), Map.of(), soon());
    }

    private static JudgeItem item(String completion, Object reference) {
        return new JudgeItem(
                "a", List.of(), new CompletionText(completion, "stop"), Map.of("answer", reference), Map.of());
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofMinutes(1));
    }
}
