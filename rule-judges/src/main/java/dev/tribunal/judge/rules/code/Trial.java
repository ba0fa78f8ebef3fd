package dev.tribunal.judge.rules.code;

import dev.tribunal.judge.rules.code.Outcome.Broken;
import dev.tribunal.judge.rules.code.Outcome.Failed;
import dev.tribunal.judge.rules.code.Outcome.Malformed;
import dev.tribunal.judge.rules.code.Outcome.Passed;
import dev.tribunal.judge.sdk.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One program's trial: the completion's code in one sandboxed process, the tests in another, and between them a wire
 * that this process carries. The verdict comes from the tests' process alone, into which nothing of the completion's
 * gets but data. The completion's process says when it is up and when its code begins, and nothing else that counts.
 *
 * <p>Until both are up, a failure is ours; from then on it is the program's, so that no program can make its verdict
 * undecided. That the tests are malformed, or do what no wire carries, is for their process to say.
 */
final class Trial {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration COMPILER = Duration.ofSeconds(20);
    private static final Duration TICK = Duration.ofMillis(25);
    private static final Duration LOOK_AT_MEMORY = Duration.ofMillis(50);
    private static final int MOST_REASON = 500;
    private static final int KILLED_BY = 128;

    private final Interpreters interpreters;
    private final Limits limits;
    private final Program program;
    private final Deadline deadline;
    private final Party tests;
    private final Party completion;

    private final BlockingQueue<Said> events = new LinkedBlockingQueue<>();

    private boolean testsReady;
    private boolean completionReady;
    private boolean begun; // both have what they need
    private boolean running;
    private Deadline limit = Deadline.after(START);
    private Deadline nextLook = Deadline.after(LOOK_AT_MEMORY);

    /** An event; a text of null says that no more come. */
    private record Said(Role from, @Nullable String text) {}

    /** What runs the tests, and what runs the completion: not one language where a checker judges what is printed. */
    record Interpreters(Interpreter tests, Interpreter completion) {

        boolean compiledTogether() {
            return tests.language() == Language.JAVA;
        }
    }

    private Trial(
            Interpreters interpreters,
            Limits limits,
            Program program,
            Deadline deadline,
            Party tests,
            Party completion) {
        this.interpreters = interpreters;
        this.limits = limits;
        this.program = program;
        this.deadline = deadline;
        this.tests = tests;
        this.completion = completion;
    }

    /** Blocks the calling thread, which must be a platform thread, until nothing of the program is left. */
    static Outcome run(Sandbox sandbox, Interpreters interpreters, Limits limits, Program program, Deadline deadline)
            throws InterruptedException {
        Party tests;
        try {
            tests = new Party(Role.TESTS, sandbox.start(interpreters.tests(), Role.TESTS, limits));
        } catch (IOException e) {
            return new Broken("sandbox_error", true, "cannot start the sandbox: " + e.getMessage());
        }
        Party completion;
        try {
            completion = new Party(Role.COMPLETION, sandbox.start(interpreters.completion(), Role.COMPLETION, limits));
        } catch (IOException e) {
            tests.destroy();
            tests.awaitEnd();
            return new Broken("sandbox_error", true, "cannot start the sandbox: " + e.getMessage());
        }
        Trial trial = new Trial(interpreters, limits, program, deadline, tests, completion);
        try {
            tests.start(completion, trial::hear);
            completion.start(tests, trial::hear);
            return trial.watch();
        } finally {
            tests.destroy();
            completion.destroy();
            tests.awaitEnd();
            completion.awaitEnd();
        }
    }

    private void hear(Role from, @Nullable String text) {
        events.add(new Said(from, text));
    }

    private Outcome watch() throws InterruptedException {
        while (true) {
            Said said = events.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
            Outcome outcome = said == null
                    ? null
                    : switch (said.from()) {
                        case TESTS -> fromTests(said.text());
                        case COMPLETION -> fromCompletion(said.text());
                    };
            if (outcome == null) {
                outcome = mustEnd();
            }
            if (outcome != null) {
                return outcome;
            }
        }
    }

    private @Nullable Outcome fromTests(@Nullable String text) throws InterruptedException {
        if (text == null) {
            return testsReady
                    ? new Failed(
                            tests.hasEnded() && tests.process().exitValue() == 0
                                    ? "exits before the tests have run"
                                    : reason("the tests' process ends before they have run: " + tests.firstError()))
                    : notStarted(tests);
        }
        String[] parts = text.split(" ", 2);
        String detail = reason(parts.length > 1 ? parts[1] : "");
        return switch (parts[0]) {
            case "ready" -> {
                testsReady = true;
                begin();
                yield null;
            }
            case "go" -> {
                completion.send(program.forCompletion(parts.length > 1 ? parts[1] : ""));
                yield null;
            }
            case "passed" -> new Passed();
            case "failed" -> new Failed(detail);
            case "malformed" -> new Malformed(detail);
            case "uncarried" -> new Broken("uncarried_tests", false, detail);
            case "ended" -> ended(detail);
            default -> new Broken("sandbox_error", true, "the tests' process says: " + reason(text));
        };
    }

    private @Nullable Outcome fromCompletion(@Nullable String text) throws InterruptedException {
        if (text == null) {
            if (!completionReady) {
                return notStarted(completion);
            }
            tests.hangUp(); // they may be done with it, and say so
        } else if (text.equals("ready") && !completionReady) {
            completionReady = true;
            begin();
        } else if (text.equals("running") && begun && !running) {
            running = true;
            limit = Deadline.after(limits.time());
        }
        return null;
    }

    private void begin() {
        if (testsReady && completionReady) {
            begun = true;
            limit = Deadline.after(COMPILER);
            tests.send(program.forTests(interpreters.compiledTogether()));
        }
    }

    private Broken notStarted(Party party) throws InterruptedException {
        boolean ended = party.hasEnded();
        return new Broken(
                "sandbox_error",
                true,
                "the sandbox did not start: " + (ended ? reason(party.firstError()) : "its process says nothing"));
    }

    /** The tests found nobody to ask, or answers that are none. */
    private Failed ended(String detail) throws InterruptedException {
        if (!completion.hasEnded()) {
            return new Failed("does not keep to the protocol: " + detail);
        }
        int exit = completion.process().exitValue();
        String error = completion.firstError();
        if (exit == 0) {
            return new Failed("exits before the tests have run");
        }
        return new Failed(
                !error.isEmpty()
                        ? reason(error)
                        : exit > KILLED_BY ? "is killed by signal " + (exit - KILLED_BY) : "exits with " + exit);
    }

    private @Nullable Outcome mustEnd() {
        if (deadline.passed()) {
            return new Broken("timeout", true, "the deadline of the request came before the program's end");
        }
        if (limit.passed()) {
            if (!begun) {
                return new Broken("sandbox_error", true, "the interpreter was not up after " + text(START));
            }
            if (running) {
                return new Failed("timed out after " + text(limits.time()));
            }
            return interpreters.completion().language() == Language.JAVA
                    ? new Failed("compiles for " + text(COMPILER))
                    : new Malformed("the prelude takes more than " + text(COMPILER));
        }
        if (nextLook.passed()) {
            nextLook = Deadline.after(LOOK_AT_MEMORY);
            if (begun && (memory(completion) > limits.memory() || memory(tests) > limits.memory())) {
                return new Failed("uses more than " + limits.memory() / Limits.MEGABYTE + " MB of memory");
            }
        }
        return null;
    }

    /** Resident bytes of all its processes; of what some of them share each has its part. */
    private static long memory(Party party) {
        try (Stream<ProcessHandle> all = party.process().descendants()) {
            return all.mapToLong(one -> resident(one.pid())).sum();
        }
    }

    private static long resident(long pid) {
        Path rollup = Path.of("/proc/" + pid + "/smaps_rollup");
        try (Stream<String> lines = Files.lines(rollup, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException | UncheckedIOException gone) {
            return 0;
        }
    }

    static String decoded(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Of what a program wrote: without what a terminal or a database would not take. */
    private static String reason(String text) {
        String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.length() > MOST_REASON ? line.substring(0, MOST_REASON) : line;
    }

    private static String text(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }
}
