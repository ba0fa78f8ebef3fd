package dev.tribunal.judge.rules.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.ItemVerdict.Decided;
import dev.tribunal.judge.sdk.ItemVerdict.Undecided;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that mean well, and completions that want the reward without the work. */
class CodeJudgeTest {

    private static final String TESTS = "assert twice(2) == 4\nassert twice(-1) == -2\n";
    private static final String JAVA_TESTS = """
            public class Main {
                public static void main(String[] args) {
                    if (!Objects.equals(new Solution().twice(2), 4)) {
                        throw new AssertionError();
                    }
                }
            }
            """;

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
    void aProgramThatPassesItsTestsIsSatisfied() {
        Decided verdict = python("def twice(x):\n    return 2 * x", TESTS);

        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
        assertThat(verdict.score()).isEqualTo(1.0);
    }

    @Test
    void aProgramThatFailsOneIsViolatedAndTheReasonSaysWhere() {
        assertThat(violated("def twice(x):\n    return x * x"))
                .isEqualTo("AssertionError (in the tests: assert twice(-1) == -2)");
        assertThat(violated("def twice(x):\n    return y"))
                .isEqualTo("NameError: name 'y' is not defined (in the tests: assert twice(2) == 4)");
        assertThat(violated("def twice(x:\n    return x"))
                .startsWith("SyntaxError: ")
                .contains("def twice(x:");
        assertThat(violated("raise ValueError('\\x00\\x1b[31m é ' + chr(0xd800))"))
                .startsWith("ValueError: [31m é ?");
        assertThat(violated("1 / 0")).isEqualTo("ZeroDivisionError: division by zero (in the completion: 1 / 0)");
    }

    @Test
    void aCompletionWithoutCodeIsViolated() {
        Map<String, Object> metadata = Map.of("language", "python", "tests", TESTS);
        assertThat(CodeJudging.decided(judge, CodeJudging.item("I cannot.", metadata), Map.of())
                        .reason())
                .isEqualTo("no code block");
        assertThat(CodeJudging.decided(
                                judge,
                                CodeJudging.item("def twice(x): return x + x", metadata),
                                Map.of("codeBlock", "optional"))
                        .satisfied())
                .isTrue();
    }

    @Test
    void aProgramIsStoppedAtItsLimits() {
        assertThat(CodeJudging.python(judge, "while True: pass", TESTS, Map.of("timeoutSeconds", 0.5))
                        .reason())
                .isEqualTo("timed out after 0.5 s");
        assertThat(CodeJudging.python(judge, "import time; time.sleep(99)", TESTS, Map.of("timeoutSeconds", 0.5))
                        .reason())
                .isEqualTo("timed out after 0.5 s");
        assertThat(CodeJudging.python(judge, "x = bytearray(90 << 20)", TESTS, Map.of("memoryMegabytes", 64))
                        .reason())
                .startsWith("MemoryError");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "    return 2 * x",
                "    y = x\n    return y + x\n",
                "return 2 * x",
                "def twice(x):\n    return 2 * x",
                "from math import floor\n\ndef twice(x: int) -> int:\n    return floor(2 * x)"
            })
    void thePreludeMayEndWhereTheCompletionGoesOn(String code) {
        for (String prelude : List.of("def twice(x):\n    \"\"\"Two times x.\"\"\"\n", "def twice(x):\n")) {
            Map<String, Object> metadata = Map.of("language", "python", "tests", TESTS, "prelude", prelude);
            Decided verdict =
                    CodeJudging.decided(judge, CodeJudging.item("```\n" + code + "\n```", metadata), Map.of());
            assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
        }
    }

    @Test
    void testsMayCaptureWhatAProgramPrints() {
        String tests = """
                import contextlib
                import io
                printed = io.StringIO()
                with contextlib.redirect_stdout(printed):
                    greet(lambda: print("dear"))
                assert printed.getvalue() == "hello\\ndear\\nreader\\n"
                """;
        assertThat(python("def greet(between):\n    print('hello')\n    between()\n    print('reader')", tests)
                        .satisfied())
                .isTrue();
        assertThat(python("def greet(between):\n    between()\n    print('hello')\n    print('reader')", tests)
                        .satisfied())
                .isFalse();
    }

    @Test
    void testsMayUseUnittestAndTheStandardLibrary() {
        String tests = """
                import math
                import unittest

                class TwiceTest(unittest.TestCase):
                    def test_twice(self):
                        self.assertEqual(twice(2), 4)
                        self.assertTrue(math.isclose(twice(0.1), 0.2))

                if __name__ == "__main__":
                    unittest.main()
                """;
        assertThat(python("def twice(x):\n    return 2 * x", tests).satisfied()).isTrue();
        assertThat(python("def twice(x):\n    return 3 * x", tests).satisfied()).isFalse();
        assertThat(python("def twice(x):\n    raise SystemExit(0)", tests).satisfied())
                .isFalse();
        assertThat(python("""
                                import sys, types
                                sys.modules['math'] = types.SimpleNamespace(isclose=lambda *a: True)
                                def twice(x):
                                    return 4 if x == 2 else 0""", tests).satisfied()).isFalse();
        assertThat(python("""
                                import unittest, math
                                unittest.TestCase.assertEqual = lambda *a: None
                                math.isclose = lambda *a: True
                                def twice(x):
                                    return 3 * x""", tests).satisfied()).isFalse();
    }

    @Test
    void aProgramMayDoWhatProgramsDo() {
        String code = """
                import asyncio, collections, dataclasses, enum, heapq, logging, random, re, threading, typing
                from collections import namedtuple

                Pair = namedtuple("Pair", "a b")

                @dataclasses.dataclass(eq=True, frozen=True)
                class Value:
                    number: int

                class Colour(enum.Enum):
                    RED = 1

                def twice(x):
                    logging.warning("noise")
                    print("noise" * 1000)
                    results = []
                    thread = threading.Thread(target=lambda: results.append(x + x))
                    thread.start()
                    thread.join()

                    async def later():
                        await asyncio.sleep(0)
                        return results[0]

                    Triple = namedtuple("Triple", "a b c")
                    with open("notes.txt", "w") as notes:
                        notes.write("scratch")
                    return Triple(asyncio.run(later()), Pair(1, 2), Value(3)).a

                if __name__ == "__main__":
                    print(twice(int(input())))
                """;
        Decided verdict = python(code, TESTS + "assert Value(1) == Value(1) and Colour(1) is Colour.RED");

        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import sys\nsys.exit(0)",
                "import os\nos._exit(0)",
                "raise SystemExit",
                "import os\ndef twice(x):\n    os._exit(0)",
                "import sys\ndef twice(x):\n    sys.exit(0)",
                "import atexit, os\natexit.register(lambda: os._exit(0))\ndef twice(x):\n    return 0",
                "import sys\nsys.excepthook = lambda *a: None\ndef twice(x):\n    return 0",
                "import os, signal\ndef twice(x):\n    os.kill(os.getpid(), signal.SIGKILL)",
                "import os\nif os.fork(): os._exit(0)\ndef twice(x):\n    return 0",
                "import threading, os\nthreading.Timer(0.1, os._exit, [0]).start()\ndef twice(x):\n    while True: pass",
                // objects that equal everything
                "class Any:\n    def __eq__(self, other): return True\ndef twice(x):\n    return Any()",
                "class Any(int):\n    def __eq__(self, other): return True\ndef twice(x):\n    return Any()",
                // other meanings for what the tests use
                "import builtins\nbuiltins.AssertionError = SystemExit\ndef twice(x):\n    return 0",
                "AssertionError = SystemExit\ndef twice(x):\n    return 0",
                // the answer from the tests themselves
                "import sys\ndef twice(x):\n    return eval(sys._getframe(1).f_code.co_consts[1])",
                "def twice(x):\n    try:\n        raise ValueError\n    except ValueError as e:\n"
                        + "        return e.__traceback__.tb_frame.f_back.f_code.co_consts[1]",
                "import gc\ndef twice(x):\n    return [o for o in gc.get_objects() if o == 4][0]",
                // as the runner would write
                "print('loaded'); print('passed'); print('ok')\ndef twice(x):\n    return 0",
                "import os\nfor fd in range(3, 300):\n    try: os.write(fd, b'loaded\\npassed\\n')\n"
                        + "    except OSError: pass\nos._exit(0)"
            })
    void aRewardIsNotHadWithoutTheWork(String code) {
        assertThat(python(code, TESTS).satisfied()).isFalse();
    }

    @Test
    void theTestsOwnMeaningOfNamesHolds() {
        String tests = "assert all(twice(x) == 2 * x for x in range(5))\nassert isinstance(twice(1), int)";
        assertThat(python("all = lambda x: True\ndef twice(x):\n    return 0", tests)
                        .satisfied())
                .isFalse();
        assertThat(python("def twice(x):\n    return 2 * x", tests).satisfied()).isTrue();
    }

    @Test
    void aJavaProgramIsCompiledAndRun() {
        Decided verdict = java("class Solution {\n    int twice(int x) { return 2 * x; }\n}");
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
        assertThat(java("public class Solution {\n    public static int twice(int x) { return 2 * x; }\n}")
                        .satisfied())
                .isTrue();
        assertThat(java("class Solution {\n    int twice(int x) { return 3 * x; }\n}")
                        .reason())
                .isEqualTo("java.lang.AssertionError (in the tests: throw new AssertionError();)");
        assertThat(java("class Solution {\n    int twice(int x) { return \"a\"; }\n}")
                        .reason())
                .startsWith("does not compile: incompatible types")
                .contains("return \"a\"");
    }

    @Test
    void aJavaPreludeMayBeADeclarationThatTheCompletionFillsIn() {
        String prelude = "import java.util.*;\n\nclass Solution {\n    /** Two times x. */\n    int twice(int x) {\n";
        for (String code : List.of(
                "        return 2 * x;\n    }\n}",
                "    int twice(int x) {\n        return 2 * x;\n    }",
                "import java.util.function.*;\npublic class Solution {\n    int twice(int x) { return 2 * x; }\n}")) {
            Map<String, Object> metadata = Map.of("language", "java", "tests", JAVA_TESTS, "prelude", prelude);
            Decided verdict =
                    CodeJudging.decided(judge, CodeJudging.item("```java\n" + code + "\n```", metadata), Map.of());
            assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "class Solution { static { System.exit(0); } int twice(int x) { return 0; } }",
                "class Solution { int twice(int x) { Runtime.getRuntime().halt(0); return 0; } }",
                "class Solution { int twice(int x) { return 0; } }\n"
                        + "class AssertionError extends Error { AssertionError() { System.exit(0); } }",
                "class Solution { int twice(int x) { return 0; } }\n"
                        + "class Objects { static boolean equals(Object a, Object b) { return true; } }",
                "class Solution { Object twice(int x) { return new ArrayList<>() {"
                        + " public boolean equals(Object o) { return true; } }; } }",
                "class Solution { int twice(int x) { while (true) {} } }",
                "class Solution { int twice(int x) { return twice(x); } }"
            })
    void norIsItInJava(String code) {
        Map<String, Object> metadata =
                Map.of("language", "java", "tests", JAVA_TESTS, "prelude", "import java.util.*;\n");
        assertThat(CodeJudging.decided(
                                judge,
                                CodeJudging.item("```java\n" + code + "\n```", metadata),
                                Map.of("timeoutSeconds", 2))
                        .satisfied())
                .isFalse();
    }

    @Test
    void whatTheCompletionIsNotToBlameForIsUndecided() {
        assertThat(undecided(Map.of("language", "python"))).isEqualTo("missing_tests");
        assertThat(undecided(Map.of("language", "cobol", "tests", TESTS))).isEqualTo("unknown_language");
        assertThat(undecided(Map.of("tests", TESTS))).isEqualTo("unknown_language");
        ItemVerdict late = judge.judge(
                CodeJudging.item("```python\nwhile True: pass\n```", Map.of("language", "python", "tests", TESTS)),
                Map.of("timeoutSeconds", 60),
                Deadline.after(Duration.ofMillis(500)));
        assertThat(((Undecided) late).error().code()).isEqualTo("timeout");
    }

    @ParameterizedTest
    @ValueSource(strings = {"assert twice(2 == 4", "return 1", "assert 1 == 1\n  assert 2 == 2"})
    void testsThatAreNoPythonAreUndecided(String tests) {
        Undecided verdict = asked("def twice(x):\n    return 2 * x", Map.of("language", "python", "tests", tests));

        assertThat(verdict.error().code()).isEqualTo("malformed_tests");
        assertThat(verdict.error().detail()).contains("Error: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "public class Main { void test() { assert 1 == 1 } }",
                "public class Main { public static void test() {} }",
                "public class Main { void main() {} }",
                "package tests; public class Main { public static void main(String[] args) {} }"
            })
    void testsThatAreNoJavaProgramAreUndecided(String tests) {
        Undecided verdict = asked(
                "class Solution { int twice(int x) { return 2 * x; } }", Map.of("language", "java", "tests", tests));

        assertThat(verdict.error().code()).isEqualTo("malformed_tests");
    }

    @Test
    void aCompletionCannotCallTheTestsMalformed() {
        String code = """
                import os
                def twice(x):
                    for fd in range(3, 300):
                        try:
                            os.write(fd, b"malformed nonsense\\n")
                        except OSError:
                            pass
                    os._exit(1)
                """;
        assertThat(python(code, TESTS).satisfied()).isFalse();
        assertThat(python("import ast\ndef no(*a):\n    raise SyntaxError('no')\nast.parse = no", TESTS)
                        .satisfied())
                .isFalse();
    }

    @Test
    void aFutureImportMayComeAfterThePrelude() {
        String code = "\"\"\"Twice.\"\"\"\nfrom __future__ import annotations\n\n"
                + "def twice(x: Missing) -> Missing:\n    return 2 * x";
        for (String prelude : List.of(
                "import math\n",
                "\"\"\"Helpers.\"\"\"\nfrom __future__ import annotations\nimport math\n",
                "from math import floor\n\ndef twice(x):\n    \"\"\"Two times x.\"\"\"\n")) {
            Map<String, Object> metadata = Map.of("language", "python", "tests", TESTS, "prelude", prelude);
            Decided verdict =
                    CodeJudging.decided(judge, CodeJudging.item("```\n" + code + "\n```", metadata), Map.of());
            assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
        }
        assertThat(violated("x = 1\nfrom __future__ import annotations")).startsWith("SyntaxError: ");
    }

    @Test
    void parametersAreChecked() {
        assertThat(judge.check(Map.of("timeoutSeconds", 1, "memoryMegabytes", 256, "codeBlock", "required")))
                .isEmpty();
        assertThat(judge.check(Map.of(
                        "timeoutSeconds", 0, "memoryMegabytes", 1, "processes", 1, "scratchMegabytes", 0, "time", 3)))
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder(
                        "/timeoutSeconds", "/memoryMegabytes", "/processes", "/scratchMegabytes", "/time");
    }

    @Test
    void manyThreadsMayAskAtOnce() {
        List<AtomicReference<Decided>> verdicts = IntStream.range(0, 12)
                .mapToObj(i -> new AtomicReference<Decided>())
                .toList();
        List<Thread> threads = IntStream.range(0, 12)
                .mapToObj(i -> Thread.ofVirtual()
                        .start(() -> verdicts.get(i)
                                .set(python("def twice(x):\n    return " + (i % 2 == 0 ? "2" : "3") + " * x", TESTS))))
                .toList();
        threads.forEach(CodeJudgeTest::join);

        for (int i = 0; i < verdicts.size(); i++) {
            assertThat(verdicts.get(i).get().satisfied()).isEqualTo(i % 2 == 0);
        }
    }

    @Test
    void withoutASandboxThereIsNoJudge() {
        assertThatThrownBy(() -> CodeJudge.open(new CodeSettings(true, "no-such-sandbox", null, null)))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("apt-get install bubblewrap");
        assertThatThrownBy(() -> CodeJudge.open(new CodeSettings(true, "true", null, null)))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("docs/judges.md");
        assertThatThrownBy(() -> CodeJudge.open(new CodeSettings(true, null, "no-such-python", "/nothing")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("no-such-python")
                .hasMessageContaining("/nothing");
    }

    /** A stand-in for bubblewrap that takes its options and isolates nothing. */
    @Test
    void aSandboxThatDoesNotHoldIsNotReliedOn(@TempDir Path folder) throws IOException {
        Path leaky = Files.writeString(folder.resolve("leaky"), """
                #!/bin/bash
                while [ "$1" != "--" ]; do
                    [ "$1" = "--ro-bind" ] && [ "$3" = "/runner" ] && runner=$2
                    shift
                done
                shift
                if [[ $1 == *setpriv ]]; then
                    while [ "$1" != "$0" ]; do shift; done
                fi
                [ -n "$runner" ] || exec "$@"
                exec "${@/#\\/runner/$runner}"
                """);
        assertThat(leaky.toFile().setExecutable(true)).isTrue();

        assertThatThrownBy(() -> CodeJudge.open(new CodeSettings(true, leaky.toString(), null, null)))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("gets out")
                .hasMessageContaining("connects to the service's machine")
                .hasMessageContaining("reads a file of the service");
    }

    /** A stand-in for a JDK that says its version and starts nowhere else: it needs a shell. */
    @Test
    void anInterpreterThatDoesNotStartInTheSandboxIsMissing(@TempDir Path home) throws Exception {
        Files.createDirectories(home.resolve("lib"));
        Files.createFile(home.resolve("lib/libjava.so"));
        Path bin = Files.createDirectories(home.resolve("bin"));
        Files.createFile(bin.resolve("javac"));
        Path java = Files.writeString(bin.resolve("java"), "#!/bin/sh\necho openjdk 25.0.1 2025-10-21\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();

        try (CodeJudge python = CodeJudge.open(new CodeSettings(true, null, null, home.toString()))) {
            assertThat(python.missing()).singleElement().asString().startsWith("no Java: it does not start");
            assertThat(CodeJudging.python(python, "def twice(x): return 2 * x", TESTS, Map.of())
                            .satisfied())
                    .isTrue();
        }
    }

    @Test
    void aLimitThatIsTooLowForTheInterpreterIsNotTheProgramsFault() {
        JudgeItem item = CodeJudging.item(
                "```java\n" + Program.EXAMPLE_IN_JAVA.code() + "```",
                Map.of(
                        "language", "java",
                        "prelude", Program.EXAMPLE_IN_JAVA.prelude(),
                        "tests", Program.EXAMPLE_IN_JAVA.tests()));

        ItemVerdict tooLow = judge.judge(item, Map.of("memoryMegabytes", 207), Deadline.after(Duration.ofMinutes(1)));
        assertThat(((Undecided) tooLow).error().code()).isEqualTo("too_little_memory");
        assertThat(((Undecided) tooLow).error().detail())
                .isEqualTo("memoryMegabytes is 207; a program in Java needs 208 or more");

        Decided enough = CodeJudging.decided(judge, item, Map.of("memoryMegabytes", 208));
        assertThat(enough.satisfied()).as(enough.reason()).isTrue();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Decided python(String code, String tests) {
        return CodeJudging.python(judge, code, tests, Map.of("timeoutSeconds", 3));
    }

    private static String violated(String code) {
        Decided verdict = python(code, TESTS);
        assertThat(verdict.satisfied()).isFalse();
        return verdict.reason();
    }

    private static Decided java(String code) {
        return CodeJudging.java(judge, code, JAVA_TESTS);
    }

    private static String undecided(Map<String, Object> metadata) {
        return asked("pass", metadata).error().code();
    }

    private static Undecided asked(String code, Map<String, Object> metadata) {
        ItemVerdict verdict = judge.judge(
                CodeJudging.item("```\n" + code + "\n```", metadata), Map.of(), Deadline.after(Duration.ofMinutes(1)));
        return (Undecided) verdict;
    }
}
