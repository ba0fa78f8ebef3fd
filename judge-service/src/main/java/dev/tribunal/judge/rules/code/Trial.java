package dev.tribunal.judge.rules.code;

import dev.tribunal.judge.rules.code.Outcome.Broken;
import dev.tribunal.judge.rules.code.Outcome.Failed;
import dev.tribunal.judge.rules.code.Outcome.Malformed;
import dev.tribunal.judge.rules.code.Outcome.Passed;
import dev.tribunal.judge.sdk.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One program's run with its tests, as {@code runner.py} describes it. It has passed if the key comes back and the
 * process then exits with 0: an early exit with 0, or a text that the program prints, is worth nothing.
 *
 * <p>Until the runner is up, a failure is ours; from then on it is the program's, whatever it is, so that no program
 * can make its verdict undecided.
 */
final class Trial {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration COMPILER = Duration.ofSeconds(20);
    private static final Duration END = Duration.ofSeconds(5);
    private static final Duration TICK = Duration.ofMillis(25);
    private static final Duration LOOK_AT_MEMORY = Duration.ofMillis(50);
    private static final int MOST_OUTPUT = 1 << 16;
    private static final int MOST_REASON = 500;
    private static final int KILLED_BY = 128;
    private static final String CLOSED = "\0";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Sandbox sandbox;
    private final Interpreter interpreter;
    private final Limits limits;
    private final Program program;
    private final Deadline deadline;
    private final String key;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final StringBuffer errors = new StringBuffer();
    private final Thread[] drains = new Thread[2];

    private boolean ready;
    private boolean loaded;
    private boolean running;
    private boolean tested;
    private @Nullable Outcome failure;
    private Deadline limit = Deadline.after(START);
    private Deadline nextLook = Deadline.after(LOOK_AT_MEMORY);

    private Trial(Sandbox sandbox, Interpreter interpreter, Limits limits, Program program, Deadline deadline) {
        this.sandbox = sandbox;
        this.interpreter = interpreter;
        this.limits = limits;
        this.program = program;
        this.deadline = deadline;
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        this.key = HexFormat.of().formatHex(random);
    }

    /** Blocks the calling thread, which must be a platform thread, until nothing of the program is left. */
    static Outcome run(Sandbox sandbox, Interpreter interpreter, Limits limits, Program program, Deadline deadline)
            throws InterruptedException {
        return new Trial(sandbox, interpreter, limits, program, deadline).run();
    }

    private Outcome run() throws InterruptedException {
        Process process;
        try {
            process = sandbox.start(interpreter, limits);
        } catch (IOException e) {
            return new Broken("sandbox_error", true, "cannot start the sandbox: " + e.getMessage());
        }
        try {
            drains[0] = Thread.ofPlatform().daemon().start(() -> readEvents(process.getInputStream()));
            drains[1] = Thread.ofPlatform().daemon().start(() -> readErrors(process.getErrorStream()));
            return watch(process);
        } finally {
            end(process);
        }
    }

    /** Until it has ended, or has to. */
    private Outcome watch(Process process) throws InterruptedException {
        boolean open = true;
        while (true) {
            if (open) {
                String event = events.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
                open = !CLOSED.equals(event);
                if (open && event != null) {
                    take(event, process);
                }
            } else if (process.waitFor(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                drains[1].join(END.toMillis());
                return outcome(process.exitValue());
            }
            Outcome early = mustEnd(process);
            if (early != null) {
                return early;
            }
        }
    }

    /** Each event counts once, and in its turn: a program that repeats them gains nothing. */
    private void take(String event, Process process) {
        if (event.equals("ready") && !ready) {
            ready = true;
            limit = Deadline.after(COMPILER);
            send(process, program.firstFrames());
        } else if (event.equals("loaded") && ready && !loaded) {
            loaded = true;
            send(process, program.lastFrames(key));
        } else if (event.equals("running") && ready && !running) {
            running = true;
            limit = Deadline.after(limits.time());
        } else if (event.equals(key) && loaded && running) {
            tested = true;
        } else if (event.startsWith("failed ") && failure == null) {
            failure = new Failed(oneLine(event.substring("failed ".length())));
        } else if (event.startsWith("malformed ") && failure == null) {
            failure = new Malformed(oneLine(event.substring("malformed ".length())));
        }
    }

    /** On a thread of its own: a program that does not read must not stop the watch. */
    private static void send(Process process, byte[] frames) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                OutputStream in = process.getOutputStream();
                in.write(frames);
                in.flush();
            } catch (IOException gone) {
                // The watch sees that it has ended.
            }
        });
    }

    private @Nullable Outcome mustEnd(Process process) {
        if (deadline.passed()) {
            return new Broken("timeout", true, "the deadline of the request came before the program's end");
        }
        if (limit.passed()) {
            return !ready
                    ? new Broken("sandbox_error", true, "the interpreter was not up after " + text(START))
                    : new Failed(running ? "timed out after " + text(limits.time()) : "compiles for " + text(COMPILER));
        }
        if (nextLook.passed()) {
            nextLook = Deadline.after(LOOK_AT_MEMORY);
            if (memory(process) > limits.memory()) {
                return new Failed("uses more than " + limits.memory() / Limits.MEGABYTE + " MB of memory");
            }
        }
        return null;
    }

    /** Resident bytes of all its processes; of what some of them share each has its part. */
    private static long memory(Process process) {
        try (Stream<ProcessHandle> all = process.descendants()) {
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

    private Outcome outcome(int exit) {
        if (!ready) {
            return new Broken("sandbox_error", true, "the sandbox did not start: " + oneLine(errors.toString()));
        }
        if (failure != null) {
            return failure;
        }
        if (exit == 0) {
            return tested ? new Passed() : new Failed("exits before the tests have run");
        }
        String error = firstError();
        if (!error.isEmpty()) {
            return new Failed(error);
        }
        return new Failed(exit > KILLED_BY ? "is killed by signal " + (exit - KILLED_BY) : "exits with " + exit);
    }

    private String firstError() {
        List<String> lines = errors.toString().lines().filter(line -> !line.isBlank()).toList();
        return lines.stream()
                .filter(line -> line.contains("Error") || line.contains("Exception"))
                .findFirst()
                .or(() -> lines.stream().findFirst())
                .map(Trial::oneLine)
                .orElse("");
    }

    /** Of what a program wrote: without what a terminal or a database would not take. */
    private static String oneLine(String text) {
        String decoded = new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        String line = decoded.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.length() > MOST_REASON ? line.substring(0, MOST_REASON) : line;
    }

    private static String text(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }

    /** Lines; what comes after the first 64 KB is read and thrown away. */
    private void readEvents(InputStream in) {
        StringBuilder line = new StringBuilder();
        drain(in, text -> {
            line.append(text);
            for (int end = line.indexOf("\n"); end >= 0; end = line.indexOf("\n")) {
                events.add(line.substring(0, end));
                line.delete(0, end + 1);
            }
        });
        events.add(CLOSED);
    }

    private void readErrors(InputStream in) {
        drain(in, errors::append);
    }

    private static void drain(InputStream in, Consumer<String> take) {
        byte[] buffer = new byte[8192];
        int taken = 0;
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                int kept = Math.min(count, MOST_OUTPUT - taken);
                if (kept > 0) {
                    // A byte a character, for a character may be cut in two here; a whole line is decoded.
                    take.accept(new String(buffer, 0, kept, StandardCharsets.ISO_8859_1));
                    taken += kept;
                }
            }
        } catch (IOException ended) {
            // As at its end.
        }
    }

    /** With its first process the kernel ends all others; they hold the pipes until they are gone. */
    private void end(Process process) throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
        for (Thread drain : drains) {
            if (drain != null) {
                drain.join(END.toMillis());
            }
        }
        try {
            process.getOutputStream().close();
        } catch (IOException alreadyClosed) {
            // Nothing is left to be written.
        }
    }
}
