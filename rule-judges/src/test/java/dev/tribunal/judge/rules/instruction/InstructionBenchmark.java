package dev.tribunal.judge.rules.instruction;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.rules.instruction.VerdictsTest.RecordedVerdict;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Microseconds to judge a response, by kind of instruction. The responses are those of {@link VerdictsTest}, and {@code
 * src/test/python/rule_times.py} times the public checker on the same ones; docs/performance.md has the commands.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class InstructionBenchmark {

    private final InstructionFollowingJudge judge = new InstructionFollowingJudge();
    private final Deadline deadline = Deadline.after(Duration.ofHours(1));
    private List<JudgeItem> items = List.of();
    private int next;

    @Param({
        "keywords:existence",
        "keywords:frequency",
        "keywords:forbidden_words",
        "keywords:letter_frequency",
        "language:response_language",
        "length_constraints:number_sentences",
        "length_constraints:number_paragraphs",
        "length_constraints:number_words",
        "length_constraints:nth_paragraph_first_word",
        "detectable_content:number_placeholders",
        "detectable_content:postscript",
        "detectable_format:number_bullet_lists",
        "detectable_format:constrained_response",
        "detectable_format:number_highlighted_sections",
        "detectable_format:multiple_sections",
        "detectable_format:json_format",
        "detectable_format:title",
        "combination:two_responses",
        "combination:repeat_prompt",
        "startend:end_checker",
        "startend:quotation",
        "change_case:capital_word_frequency",
        "change_case:english_capital",
        "change_case:english_lowercase",
        "punctuation:no_comma"
    })
    private String instruction = "";

    @Param({"strict", "loose"})
    private String reading = "";

    @Setup
    public void read() {
        items = VerdictsTest.recorded().stream()
                .filter(verdict -> verdict.instruction().equals(instruction))
                .map(InstructionBenchmark::item)
                .toList();
        next = 0;
    }

    @Benchmark
    public ItemVerdict judge() {
        next = next + 1 < items.size() ? next + 1 : 0;
        return judge.judge(items.get(next), Map.of("reading", reading), deadline);
    }

    private static JudgeItem item(RecordedVerdict verdict) {
        return new JudgeItem(
                "a",
                List.of(),
                new CompletionText(verdict.response(), "stop"),
                Map.of(),
                Map.of("instruction_id_list", List.of(verdict.instruction()), "kwargs", List.of(verdict.kwargs())));
    }
}
