package dev.tribunal.mathanswers;

import java.io.IOException;
import java.util.List;
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

    private record Item(String reference, String completion) {}

    private List<Item> items = List.of();
    private int next;

    @Setup
    public void read() throws IOException {
        items = AnswersTableTest.lines()
                .flatMap(line -> line.answers().stream().map(answer -> item(line.reference(), answer)))
                .toList();
    }

    @Benchmark
    public MathAnswers.Outcome judge() {
        next = next + 1 < items.size() ? next + 1 : 0;
        Item item = items.get(next);
        return MathAnswers.compare(item.completion(), "", item.reference(), false);
    }

    /** The same text as in {@code math_times.py}. */
    private static Item item(String reference, String answer) {
        return new Item(
                reference, "We add up what is given, step by step.\n".repeat(5) + "So it is \\boxed{" + answer + "}.");
    }
}
