package dev.tribunal.judge.rules.code;

import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Programs judged a second, each in two new sandboxes, by as many threads as there are processors. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 10)
@Measurement(iterations = 5, time = 10)
@Threads(Threads.MAX)
@Fork(1)
public class CodeBenchmark {

    private static final String TESTS = """
            assert twice(2) == 4
            assert [twice(i) for i in range(10)] == [2 * i for i in range(10)]
            """;

    @Param({"python", "java"})
    private String language = "python";

    private CodeJudge judge;
    private JudgeItem item;

    @Setup
    public void open() throws SandboxException {
        judge = CodeJudge.open(CodeSettings.defaults());
        item = language.equals("python")
                ? CodeJudging.item(
                        "```python\ndef twice(x):\n    return 2 * x\n```", Map.of("language", "python", "tests", TESTS))
                : CodeJudging.item(
                        "```java\n" + Program.EXAMPLE_IN_JAVA.code() + "```",
                        Map.of(
                                "language", "java",
                                "prelude", Program.EXAMPLE_IN_JAVA.prelude(),
                                "tests", Program.EXAMPLE_IN_JAVA.tests()));
    }

    @TearDown
    public void close() {
        judge.close();
    }

    @Benchmark
    public ItemVerdict judge() {
        return judge.judge(item, Map.of(), Deadline.after(Duration.ofMinutes(1)));
    }
}
