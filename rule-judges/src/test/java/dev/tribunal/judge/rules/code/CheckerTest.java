package dev.tribunal.judge.rules.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.ItemVerdict.Decided;
import dev.tribunal.judge.sdk.ItemVerdict.Undecided;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that bring inputs, with outputs or a checker for problems of more than one right answer. */
class CheckerTest {

    /** Any two indices whose numbers add up. */
    private static final String PAIR = """
            def check(input, output, expected):
                numbers, target = input
                i, j = output
                return i != j and numbers[i] + numbers[j] == target
            """;

    private static final Map<String, Object> FUNCTION = Map.of(
            "language",
            "python",
            "entry_point",
            "pair",
            "inputs",
            List.of(List.of(List.of(1, 2, 3, 4), 5), List.of(List.of(7, 7), 14)),
            "checker",
            PAIR);

    private static final Map<String, Object> PROGRAM = Map.of(
            "language", "python",
            "inputs", List.of("1 2\n", "3 4\n"),
            "outputs", List.of("3\n", "7\n"));

    private static CodeJudge judge;

    @BeforeAll
    static void open() throws SandboxException {
        judge = CodeJudging.open();
    }

    @AfterAll
    static void close() {
        if (judge != null) {
            judge.close();
        }
    }

    @Test
    void aCheckerTakesEveryRightAnswerOfAFunction() {
        String loops =
                "def pair(a, t):\n    return next((i, j) for %s for j in range(len(a)) if i != j and a[i] + a[j] == t)";
        assertThat(decided(loops.formatted("i in range(len(a))"), FUNCTION).satisfied())
                .isTrue();
        assertThat(decided(loops.formatted("i in reversed(range(len(a)))"), FUNCTION)
                        .satisfied())
                .isTrue();
        assertThat(decided("def pair(a, t): return [0, 0]", FUNCTION).reason()).isEqualTo("wrong for case 1 of 2");
        assertThat(decided(
                                "class E:\n    def __eq__(self, o): return True\n    def __iter__(self): return iter([E(), E()])\n"
                                        + "    def __index__(self): return 0\ndef pair(a, t): return E()",
                                FUNCTION)
                        .satisfied())
                .isFalse();
    }

    @Test
    void outputsAreComparedWithoutAChecker() {
        Map<String, Object> task = Map.of(
                "language",
                "python",
                "entry_point",
                "f",
                "inputs",
                List.of(List.of(2)),
                "outputs",
                List.of(List.of(4)));
        assertThat(decided("def f(x): return [2 * x]", task).satisfied()).isTrue();
        assertThat(decided("def f(x): return [3 * x]", task).satisfied()).isFalse();
    }

    @Test
    void aProgramReadsItsInputAndPrints() {
        assertThat(decided("a, b = map(int, input().split())\nprint(a + b)", PROGRAM)
                        .satisfied())
                .isTrue();
        assertThat(decided(
                                "import sys\ndef main():\n    print(sum(map(int, sys.stdin.read().split())), ' ')\n    sys.exit()\n"
                                        + "if __name__ == '__main__':\n    main()",
                                PROGRAM)
                        .satisfied())
                .isTrue();
        assertThat(decided("print(3)", PROGRAM).reason()).isEqualTo("wrong for case 2 of 2");
        assertThat(decided("print(1 / 0)", PROGRAM).reason())
                .isEqualTo("ZeroDivisionError: division by zero (in the completion: print(1 / 0)) (case 1)");
        assertThat(decided("import sys\nsys.exit(3)", PROGRAM).reason()).isEqualTo("exits with 3 (case 1)");
        assertThat(decided("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)", PROGRAM)
                        .satisfied())
                .isFalse();
    }

    @Test
    void aJavaProgramDoesToo() {
        Map<String, Object> task = new HashMap<>(PROGRAM);
        task.put("language", "java");
        task.put("checker", "def check(input, output, expected): return int(output) == sum(map(int, input.split()))");
        String program = """
                import java.util.*;
                public class Main {
                    public static void main(String[] args) {
                        Scanner in = new Scanner(System.in);
                        System.out.println(in.nextInt() %s in.nextInt());
                        System.exit(0);
                    }
                }
                """;
        assertThat(decided("java", program.formatted("+"), task).satisfied()).isTrue();
        assertThat(decided("java", program.formatted("-"), task).reason()).isEqualTo("wrong for case 1 of 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "def check(input, output, expected) return True",
                "x = 1",
                "def check(input, output, expected): return 'yes'"
            })
    void aCheckerThatIsNoneIsUndecided(String checker) {
        Map<String, Object> task = new HashMap<>(FUNCTION);
        task.put("checker", checker);
        assertThat(undecided("def pair(a, t): return [0, 1]", task)).isEqualTo("malformed_tests");
    }

    @Test
    void theShapeOfATaskIsCheckedBeforeThereIsACompletion() {
        assertThat(pointers(Map.of("language", "python", "tests", "assert f()")))
                .isEmpty();
        assertThat(pointers(PROGRAM)).isEmpty();
        assertThat(pointers(FUNCTION)).isEmpty();
        assertThat(pointers(Map.of("language", "cobol", "tests", "x"))).containsExactly("/metadata/language");
        assertThat(pointers(Map.of("language", "python"))).containsExactly("/metadata/tests");
        assertThat(pointers(Map.of("language", "python", "tests", "x", "checker", "y")))
                .containsExactly("/metadata/checker");
        assertThat(pointers(Map.of("language", "python", "inputs", List.of("a"))))
                .containsExactly("/metadata/inputs");
        assertThat(pointers(Map.of("language", "python", "inputs", List.of("a"), "outputs", List.of())))
                .containsExactly("/metadata/outputs");
        assertThat(pointers(Map.of("language", "python", "inputs", List.of("a", 1), "checker", "x")))
                .containsExactly("/metadata/inputs/1");
        assertThat(pointers(
                        Map.of("language", "java", "inputs", List.of(List.of()), "checker", "x", "entry_point", "f")))
                .containsExactly("/metadata/inputs");
        assertThat(undecided("pass", Map.of("language", "python", "inputs", List.of("a"))))
                .isEqualTo("malformed_tests");
    }

    private static List<String> pointers(Map<String, Object> metadata) {
        return judge.checkItem(new PromptItem("a", List.of(), Map.of(), metadata), Map.of()).stream()
                .map(FieldError::pointer)
                .toList();
    }

    private static Decided decided(String code, Map<String, Object> metadata) {
        return decided("python", code, metadata);
    }

    private static Decided decided(String tag, String code, Map<String, Object> metadata) {
        return CodeJudging.decided(
                judge, CodeJudging.item("```" + tag + "\n" + code + "\n```", metadata), Map.of("timeoutSeconds", 10));
    }

    private static String undecided(String code, Map<String, Object> metadata) {
        ItemVerdict verdict = judge.judge(
                CodeJudging.item("```\n" + code + "\n```", metadata), Map.of(), Deadline.after(Duration.ofMinutes(1)));
        return ((Undecided) verdict).error().code();
    }
}
