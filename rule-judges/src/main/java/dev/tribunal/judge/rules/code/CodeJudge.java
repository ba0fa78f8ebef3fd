package dev.tribunal.judge.rules.code;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.input.Default;
import dev.tribunal.judge.rules.code.Outcome.Broken;
import dev.tribunal.judge.rules.code.Outcome.Failed;
import dev.tribunal.judge.rules.code.Outcome.Malformed;
import dev.tribunal.judge.rules.code.Outcome.Passed;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.TypedJudge;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a completion's program passes all unit tests of its prompt. Items hold {@code metadata.language}
 * and what {@link Task} reads beside it: tests, or inputs with outputs or a checker. Nothing of a completion ever runs
 * outside a sandbox, nor in the process that runs its tests; as many are judged at the same time as there are
 * processors.
 */
public final class CodeJudge implements TypedJudge<CodeJudge.Parameters>, AutoCloseable {

    /**
     * What a program may use, and where it stands.
     *
     * @param timeoutSeconds by the clock on the wall; a compiler has a time of its own
     * @param memoryMegabytes of all its processes together
     * @param processes processes and threads at the same time
     * @param scratchMegabytes below /tmp, and in any one file
     * @param codeBlock whether a program has to stand in a fenced block
     */
    record Parameters(
            @DecimalMin("0.1") @Max(60) @Default("5") double timeoutSeconds,
            @Min(64) @Max(4096) @Default("512") double memoryMegabytes,
            @Min(32) @Max(512) @Default("64") int processes,
            @Min(1) @Max(1024) @Default("64") double scratchMegabytes,
            @Default("required") Fence codeBlock) {

        private Limits limits() {
            return new Limits(
                    Duration.ofMillis(Math.round(1000 * timeoutSeconds)),
                    Limits.MEGABYTE * Math.round(memoryMegabytes),
                    processes,
                    Limits.MEGABYTE * Math.round(scratchMegabytes));
        }
    }

    enum Fence {
        /** A completion without a fenced block is violated. */
        REQUIRED,
        /** A completion without a fenced block is a program as a whole. */
        OPTIONAL
    }

    public static final String NAME = "code";

    private static final Logger log = LoggerFactory.getLogger(CodeJudge.class);

    private static final String VERSION = "2";

    /** Each item is a process of its own: nothing is gained by more, and another processor may be free. */
    private static final int MAX_BATCH_ITEMS = 1;

    private final Sandbox sandbox;
    private final Map<Language, Interpreter> interpreters;
    private final List<String> missing;

    /** Not of the caller's threads: a sandboxed process ends with the thread that started it. */
    private final ExecutorService threads;

    private final AtomicReference<@Nullable Thread> cacheWriter = new AtomicReference<>();

    private CodeJudge(Sandbox sandbox, Map<Language, Interpreter> interpreters, List<String> missing) {
        this.sandbox = sandbox;
        this.interpreters = interpreters;
        this.missing = List.copyOf(missing);
        this.threads = Executors.newFixedThreadPool(
                Runtime.getRuntime().availableProcessors(),
                Thread.ofPlatform().daemon().name("code-judge-", 0).factory());
    }

    /**
     * Finds the sandbox and the interpreters, and tries each of them.
     *
     * @throws SandboxException if there is no sandbox, if it does not hold for one of them, or none runs in it
     */
    public static CodeJudge open(CodeSettings settings) throws SandboxException {
        if (!settings.enabled()) {
            throw new SandboxException("tribunal.judge.code.enabled is false");
        }
        Sandbox sandbox = new Sandbox(settings.sandbox());
        try {
            Map<Language, Interpreter> interpreters = new EnumMap<>(Language.class);
            List<String> missing = new ArrayList<>();
            for (Language language : Language.values()) {
                Interpreter interpreter;
                try {
                    interpreter = interpreter(language, settings, sandbox.runners());
                } catch (SandboxException e) {
                    String setting = "tribunal.judge.code." + language.title().toLowerCase(Locale.ROOT);
                    missing.add("no " + language.title() + ": " + e.getMessage() + "; set " + setting);
                    continue;
                }
                String objection = SandboxProbe.objection(sandbox, interpreter);
                if (objection == null) {
                    interpreters.put(language, interpreter);
                } else {
                    missing.add("no " + language.title() + ": " + objection);
                }
            }
            if (interpreters.isEmpty()) {
                throw new SandboxException("there is nothing to run programs with: " + String.join("; ", missing));
            }
            return new CodeJudge(sandbox, interpreters, missing);
        } catch (SandboxException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    private static Interpreter interpreter(Language language, CodeSettings settings, Path runners)
            throws SandboxException {
        return switch (language) {
            case PYTHON -> PythonInterpreter.find(settings.python(), runners);
            case JAVA -> JavaInterpreter.find(Path.of(settings.java()), runners);
        };
    }

    /** What decides its verdicts, beside its own version: a run pins it. */
    public String identity() {
        return NAME + " " + VERSION + " "
                + interpreters.values().stream()
                        .map(interpreter -> interpreter.language().title() + " " + interpreter.version())
                        .collect(Collectors.joining(", "));
    }

    /** Why it does not run programs of one language or another; empty if it runs all. */
    public List<String> missing() {
        return missing;
    }

    @Override
    public JudgeDescriptor descriptor() {
        // A program may look at the clock or throw dice, and may be slower another time.
        return new JudgeDescriptor(
                        NAME,
                        VERSION,
                        JudgeApi.CONTRACT,
                        "Passes all unit tests, in a sandbox.",
                        false,
                        MAX_BATCH_ITEMS)
                .withRequires("metadata.language");
    }

    @Override
    public List<FieldError> checkItem(PromptItem item, Parameters parameters) {
        try {
            Task.of(item.metadata());
            return List.of();
        } catch (TaskException e) {
            return List.of(new FieldError(e.pointer(), e.getMessage()));
        }
    }

    @Override
    public ItemVerdict judge(JudgeItem item, Parameters parameters, Deadline deadline) {
        Task task;
        try {
            task = Task.of(item.metadata());
        } catch (TaskException e) {
            return ItemVerdict.undecided(e.code(), e.getMessage());
        }
        Interpreter interpreter = interpreters.get(task.language());
        Interpreter ofTests = interpreters.get(task.languageOfTests());
        if (interpreter == null || ofTests == null) {
            return ItemVerdict.undecided("missing_interpreter", String.join("; ", missing));
        }
        Limits limits = parameters.limits();
        if (limits.memory() < interpreter.leastMemory()) {
            return ItemVerdict.undecided(
                    "too_little_memory",
                    "memoryMegabytes is " + limits.memory() / Limits.MEGABYTE + "; a program in "
                            + task.language().title()
                            + " needs " + interpreter.leastMemory() / Limits.MEGABYTE + " or more");
        }
        String code = CodeBlock.find(item.completion().text(), task.language());
        if (code == null) {
            if (parameters.codeBlock() == Fence.REQUIRED) {
                return ItemVerdict.violated("no code block");
            }
            code = item.completion().text();
        }
        return verdict(new Trial.Interpreters(ofTests, interpreter), limits, task.program(code), deadline);
    }

    private ItemVerdict verdict(Trial.Interpreters used, Limits limits, Program program, Deadline deadline) {
        if (used.completion() instanceof JavaInterpreter java && cacheWriter.get() == null) {
            Thread writer =
                    Thread.ofPlatform().daemon().name("code-judge-cache").unstarted(() -> writeCache(java));
            if (cacheWriter.compareAndSet(null, writer)) {
                writer.start();
            }
        }
        return switch (run(used, limits, program, deadline)) {
            case Passed passed -> ItemVerdict.satisfied("passes all tests");
            case Failed failed -> ItemVerdict.violated(failed.reason());
            case Malformed malformed -> ItemVerdict.undecided("malformed_tests", malformed.reason());
            case Broken broken ->
                new ItemVerdict.Undecided(new VerdictError(broken.code(), broken.retryable(), broken.detail()));
        };
    }

    private Outcome run(Trial.Interpreters used, Limits limits, Program program, Deadline deadline) {
        Future<Outcome> outcome = threads.submit(() -> Trial.run(sandbox, used, limits, program, deadline));
        try {
            return outcome.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new Broken("timeout", true, "its turn came too late, or the deadline before its end");
        } catch (ExecutionException e) {
            log.error("running a program failed", e.getCause());
            return new Broken("sandbox_error", false, String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Broken("interrupted", true, "the judge was stopped");
        } finally {
            outcome.cancel(true);
        }
    }

    private void writeCache(JavaInterpreter java) {
        try {
            java.writeCache(sandbox.runners());
        } catch (IOException e) {
            log.warn("Java programs start slowly: the compiler's cache cannot be made", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops what runs. */
    @Override
    public void close() {
        threads.shutdownNow();
        Thread writer = cacheWriter.get();
        try {
            if (writer != null) {
                writer.interrupt();
                writer.join();
            }
            threads.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sandbox.close();
    }
}
