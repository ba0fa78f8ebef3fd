package dev.tribunal.local.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.spec.Alarms.Action;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final TaskFigures MATH = new TaskFigures("math", 0.1234, 0.755, 1.5, 0.0);
    private static final TaskFigures CHAT = new TaskFigures("chat", -0.5, null, null, 1.0);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed);

    @Test
    void showsABarForTheRunAndALineForEachTask() {
        assertThat(ProgressText.block(progress(15, List.of(MATH, CHAT))))
                .containsExactly(
                        "run_1  blend  running: step 16",
                        "[===============               ]  step 15/30  1:05, about 1:10 left",
                        "  task    reward  feasible       kl  undecided",
                        "  math    +0.123      76 %     1.50        0 %",
                        "  chat    -0.500         -        -      100 %");
    }

    @Test
    void fillsTheBarAtTheEndOnly() {
        assertThat(ProgressText.bar(0, 3)).isEqualTo("[" + " ".repeat(30) + "]");
        assertThat(ProgressText.bar(3, 3)).isEqualTo("[" + "=".repeat(30) + "]");
        assertThat(ProgressText.bar(999, 1000)).contains(" ");
    }

    @Test
    void readsEachTasksFiguresFromAStep() {
        Map<String, Object> data = Map.of(
                "step", 2, "tasks", Map.of("math", Map.of("kl", 0.75, "feasibleRate", 1), "other", Map.of("kl", 9.0)));

        assertThat(TaskFigures.of(List.of("math", "chat"), new RunEvent(7, Instant.EPOCH, "step", "step 2", data)))
                .containsExactly(
                        new TaskFigures("math", null, 1.0, 0.75, null),
                        new TaskFigures("chat", null, null, null, null));
    }

    @Test
    void redrawsTheBlockInPlaceAndCutsLongLines() {
        TerminalView view = new TerminalView(out, 20);
        view.progress(progress(1, List.of()));
        printed.reset();

        view.progress(progress(2, List.of()));

        assertThat(printed.toString()).startsWith("\u001b[2A\r\u001b[J");
        assertThat(printed.toString().substring("\u001b[2A\r\u001b[J".length()).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(20))
                .hasSize(2);
    }

    @Test
    void printsNothingWhenNothingChanged() {
        TerminalView view = new TerminalView(out, 80);
        view.progress(progress(1, List.of()));
        printed.reset();

        view.progress(progress(1, List.of()));

        assertThat(printed.toString()).isEmpty();
    }

    @Test
    void keepsWarningsAboveTheBlock() {
        TerminalView view = new TerminalView(out, 80);
        view.progress(progress(1, List.of()));
        printed.reset();

        view.event(event("warning", "judge safety@1 is mostly undecided"));

        assertThat(printed.toString()).contains("warning: judge safety@1 is mostly undecided\nrun_1");
    }

    @Test
    void printsPlainLinesOncePerStepAndEvent() {
        PlainView view = new PlainView(out);
        view.event(event("state", "running"));
        view.event(event("step", "step 1"));
        view.progress(progress(1, List.of(MATH)));
        view.progress(progress(1, List.of(MATH)));

        assertThat(printed.toString().lines())
                .containsExactly(
                        "state: running",
                        "step 1/30  1:05 | math: reward +0.123, feasible 76 %, kl 1.50, undecided 0 %");
    }

    @Test
    void showsHowFarAValidatingRunIs() {
        RunProgress validating = progress(0, List.of(), RunState.VALIDATING, "checking prompts.jsonl: 41000 lines");
        PlainView view = new PlainView(out);
        view.progress(validating);
        view.progress(validating);

        assertThat(printed.toString().lines()).containsExactly("validating: checking prompts.jsonl: 41000 lines");
        assertThat(ProgressText.block(validating).getFirst())
                .endsWith("validating: checking prompts.jsonl: 41000 lines");
    }

    @Test
    void saysWhatIsDoubtful() {
        RunResource run = run(9, RunState.RUNNING, "step 10");
        RunResource doubtful = new RunResource(
                run.id(),
                run.name(),
                run.labels(),
                run.methods(),
                run.state(),
                run.step(),
                run.steps(),
                run.stage(),
                run.artifacts(),
                run.tasks(),
                run.phase(),
                run.terminalReason(),
                run.errors(),
                run.conditions(),
                run.createdAt(),
                run.startedAt(),
                run.finishedAt(),
                List.of(new RunResource.Wait(
                        "judge", "math-answer@1", Instant.now().minusSeconds(72), "has not judged 4 completions yet")),
                List.of(new RunResource.Alarm(
                        "no-signal",
                        Action.REPORT,
                        "math",
                        "math-answer",
                        "task 'math': nothing",
                        Instant.EPOCH,
                        7,
                        Map.of(),
                        "step=7&task=math")),
                new RunResource.Signal(9, 5),
                null,
                null,
                "default");

        assertThat(Doubts.inShort(doubtful)).isEqualTo("no-signal, no update in 5, waits for math-answer@1");
        assertThat(Doubts.lines(doubtful))
                .element(0)
                .asString()
                .matches("waits for judge math-answer@1 for 1:1\\d: has not judged 4 completions yet");
        assertThat(Doubts.lines(doubtful))
                .endsWith("alarm no-signal since step 7: task 'math': nothing", "no update in 5 of 9 steps");
        RunProgress progress = new RunProgress(doubtful, 9, List.of(), Duration.ofSeconds(65), null);
        assertThat(ProgressText.line(progress)).isEqualTo("step 9/30  1:05 | alarms: no-signal");
        assertThat(ProgressText.block(progress))
                .containsAll(Doubts.lines(doubtful).subList(1, 3));
        assertThat(Doubts.inShort(run)).isEmpty();
    }

    @Test
    void comparesStep0WithTheLastStep() {
        var improved = new BeforeAfter(
                "math",
                new BeforeAfter.Change(
                        new BeforeAfter.Measured(0.543, 0.488, 0.592, 64),
                        new BeforeAfter.Measured(0.75, 0.7, 0.8, 64)),
                new BeforeAfter.Change(
                        new BeforeAfter.Measured(0.1, 0.05, 0.15, 64), new BeforeAfter.Measured(0.4, 0.35, 0.451, 64)),
                Map.of());
        var unmeasured = new BeforeAfter(
                "chat",
                new BeforeAfter.Change(new BeforeAfter.Measured(0.5, null, null, null), null),
                new BeforeAfter.Change(null, null),
                Map.of(
                        "safe",
                        new BeforeAfter.Change(
                                new BeforeAfter.Measured(0.5, null, null, null),
                                new BeforeAfter.Measured(1.0, null, null, null))));

        assertThat(BeforeAfter.table(List.of(improved, unmeasured)))
                .containsExactly(
                        "  task                     before                      after                       change",
                        "  math  feasible rate      54.3 % (49\u201359, n=64)        75.0 % (70\u201380, n=64)        +21",
                        "        calibrated reward  0.100 (0.050\u20130.150, n=64)   0.400 (0.350\u20130.451, n=64)   +0.300",
                        "  chat  feasible rate      50.0 %                      -                           -",
                        "        calibrated reward  -                           -                           -",
                        "  chat: mean score by safe 0.500 before, 1.000 after");
        assertThat(BeforeAfter.sentence(List.of(improved, unmeasured)))
                .hasValue("On prompts that were never trained on, more completions satisfy every constraint than before"
                        + " in 1 of 1 tasks (beyond the intervals in 1), and fewer in 0; the calibrated reward is"
                        + " higher in 1 of 1.");
        assertThat(BeforeAfter.sentence(List.of(unmeasured))).isEmpty();
    }

    @Test
    void nothingIsToldOfConstraintsThatATaskDoesNotHave() {
        var unjudged = new BeforeAfter(
                "math",
                new BeforeAfter.Change(null, null),
                new BeforeAfter.Change(
                        new BeforeAfter.Measured(0.1, 0.05, 0.15, 64), new BeforeAfter.Measured(0.4, 0.35, 0.451, 64)),
                Map.of());

        assertThat(BeforeAfter.table(List.of(unjudged)))
                .element(1)
                .asString()
                .startsWith("  math  calibrated reward  0.100");
        assertThat(BeforeAfter.sentence(List.of(unjudged)))
                .hasValue("On prompts that were never trained on, the calibrated reward is higher in 1 of 1 tasks.");
    }

    private static RunEvent event(String type, String message) {
        return new RunEvent(1, Instant.EPOCH, type, message, Map.of());
    }

    private static RunProgress progress(int step, List<TaskFigures> figures) {
        return progress(step, figures, RunState.RUNNING, "step " + (step + 1));
    }

    private static RunProgress progress(int step, List<TaskFigures> figures, RunState state, String phase) {
        RunResource run = run(step, state, phase);
        return new RunProgress(run, step, figures, Duration.ofSeconds(65), Duration.ofSeconds(70));
    }

    static RunResource run(int step, RunState state, String phase) {
        return new RunResource(
                "run_1",
                "blend",
                Map.of(),
                List.of("crpg"),
                state,
                step,
                30,
                null,
                List.of(),
                List.of("math", "chat"),
                phase,
                null,
                List.of(),
                List.of(),
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                List.of(),
                List.of(),
                null,
                null,
                null,
                "default");
    }
}
