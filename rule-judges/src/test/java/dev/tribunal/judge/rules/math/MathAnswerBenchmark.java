package dev.tribunal.judge.rules.math;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Microseconds to judge a response's answer. The answers are those of {@link AnswersTableTest}, and {@code
 * src/test/python/math_times.py} times math-verify on the same responses; docs/performance.md has the commands.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MathAnswerBenchmark {

    private final MathAnswerJudge judge = new MathAnswerJudge();
    private final Deadline deadline = Deadline.after(Duration.ofHours(1));
    private List<JudgeItem> items = List.of();
    private int next;

    @Setup
    public void read() throws IOException {
        items = AnswersTableTest.lines()
                .flatMap(line -> line.answers().stream().map(answer -> item(line.reference(), answer)))
                .toList();
    }

    @Benchmark
    public ItemVerdict judge() {
        next = next + 1 < items.size() ? next + 1 : 0;
        return judge.judge(items.get(next), Map.of(), deadline);
    }

    /** The same text as in {@code math_times.py}. */
    private static JudgeItem item(String reference, String answer) {
        String text = "We add up what is given, step by step.\n".repeat(5) + "So it is \\boxed{" + answer + "}.";
        return new JudgeItem("a", List.of(), new CompletionText(text, "stop"), Map.of("answer", reference), Map.of());
    }
}
