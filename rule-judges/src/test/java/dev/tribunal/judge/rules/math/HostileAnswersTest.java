package dev.tribunal.judge.rules.math;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers made to cost time or memory: each is soon found not to be an answer. */
@Timeout(60)
class HostileAnswersTest {

    private final MathAnswerJudge judge = new MathAnswerJudge();

    static Stream<String> bombs() {
        return Stream.of(
                "9^{9^{9^{9}}}",
                "9^9^9^9^9^9",
                "9!!!!!!!!",
                "1e999999999",
                "10^{10^{10}}-10^{10^{10}}+1",
                "(((((9^{999})^{999})^{999})^{999})^{999})^{999}",
                "(x+y+z+a+b+c+d)^{60}(x+y+z+a+b+c+d)^{60}",
                "(x+1)^{1000000000}",
                "x^{x^{x^{x^{x^{x}}}}}",
                "e^{e^{e^{e^{e^{x}}}}}",
                "e^{49999}" + "+e^{40000}x-1".repeat(20),
                "\\binom{1000000000}{500000000}",
                "\\sin(10^{300})",
                "\\sqrt[10^{20}]{2}",
                "2^{0.0000000000000000000000001}",
                "\\frac{1}{\\frac{1}{\\frac{1}{0}}}",
                "1/0",
                "0^{-1}",
                "\\log 0",
                "9".repeat(100_000),
                "0.\\overline{" + "1".repeat(900) + "}",
                "(".repeat(50_000),
                "(".repeat(400) + "1" + ")".repeat(400),
                "{".repeat(900),
                "\\frac{".repeat(150),
                "\\sqrt{".repeat(60) + "x" + "}".repeat(60),
                "\\sqrt{x+".repeat(40) + "1" + "}".repeat(40),
                "\\sin".repeat(200) + "x",
                "-".repeat(900) + "x",
                "x" + "^x".repeat(300),
                "x" + "!".repeat(300),
                "|".repeat(300),
                "x" + "+x".repeat(180),
                "x_".repeat(300),
                "\\{".repeat(300),
                "(1,".repeat(200),
                "\\begin{pmatrix}".repeat(40),
                "\\text{".repeat(100),
                "\\pm 1".repeat(100),
                "1" + ",1".repeat(190),
                "1" + "\\cup\\{1\\}".repeat(60),
                "\\arctan(x)".repeat(40),
                "\\left".repeat(200),
                "\\",
                "\u0000",
                "\uD800",
                "_",
                "^",
                "!",
                "%",
                "/",
                "=",
                "<",
                ",",
                "'",
                "}",
                ")",
                "\\}",
                "&",
                "\\\\",
                "||",
                "\\frac",
                "\\sqrt[",
                "x=".repeat(190) + "x",
                "x<".repeat(190) + "x",
                "a:b".repeat(90),
                "\\begin{vmatrix}" + "1&".repeat(90),
                "\\begin{vmatrix}" + ("x&".repeat(19) + "x\\\\").repeat(20) + "\\end{vmatrix}",
                "\\boxed{".repeat(20_000),
                "\\boxed{7} or ".repeat(20_000),
                "\\fbox{7}".repeat(20_000),
                "<think>".repeat(50_000),
                "<think".repeat(50_000),
                "<think " + "x".repeat(50_000),
                "[THINK]7[/THINK]".repeat(20_000),
                "not ".repeat(50_000) + "7",
                "the answer is 7 or ".repeat(20_000),
                "if the answer is 7 ".repeat(20_000),
                "the answer is 7. Wait, no, " + "it is ".repeat(20_000),
                "7 or ".repeat(50_000),
                "half of ".repeat(20_000) + "7",
                "twenty ".repeat(50_000),
                "seven hundred thousand million ".repeat(10_000),
                "$7$ ".repeat(50_000),
                "\\\\".repeat(50_000) + "frac",
                "\u2009".repeat(50_000),
                "7\u2009".repeat(50_000));
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void isNoAnswer(String bomb) {
        for (String reference : List.of("5", "x+\\sqrt{2}", "(1,2)", "\\{1,2\\}", "x>3", "\\text{even}")) {
            for (String completion : List.of("\\boxed{" + bomb + "}", "The final answer is $" + bomb + "$.", bomb)) {
                assertThat(judge(completion, reference))
                        .as("%s", completion.substring(0, Math.min(60, completion.length())))
                        .isInstanceOfSatisfying(
                                ItemVerdict.Decided.class,
                                verdict -> assertThat(verdict.satisfied()).isFalse());
            }
        }
    }

    /** Of a reference that is out of reach nothing is guessed: undecided, or the same text. */
    @ParameterizedTest
    @MethodSource("bombs")
    void isNoReferenceToGuessFrom(String bomb) {
        ItemVerdict verdict = judge("\\boxed{5}", bomb);
        assertThat(verdict instanceof ItemVerdict.Undecided
                        || verdict instanceof ItemVerdict.Decided d && !d.satisfied())
                .isTrue();
    }

    private ItemVerdict judge(String completion, String reference) {
        return judge.judge(
                new JudgeItem(
                        "a", List.of(), new CompletionText(completion, "stop"), Map.of("answer", reference), Map.of()),
                Map.of(),
                Deadline.after(Duration.ofMinutes(1)));
    }
}
