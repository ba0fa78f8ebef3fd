package dev.tribunal.languagemodel.decoder;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import dev.tribunal.languagemodel.OutOfNativeMemoryException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** libtorch, started once for the process, and the one way to run a script in it. */
final class Libtorch {

    /** How many threads one operation may use; the processors, unless this system property says otherwise. */
    private static final int THREADS =
            Integer.getInteger("tribunal.engine.threads", Runtime.getRuntime().availableProcessors());

    /**
     * As many scripts run at a time as the processors can hold, so that models in one process take turns, script by
     * script. They run on threads of libtorch's own: libgomp gives each thread that it meets a team of workers, and
     * once there are more workers than processors it lets them sleep where they would spin.
     */
    private static final ExecutorService SCRIPTS = Executors.newFixedThreadPool(
            Math.max(1, Runtime.getRuntime().availableProcessors() / THREADS),
            Thread.ofPlatform().name("libtorch ", 0).daemon().factory());

    private static final long PATIENCE_AT_EXIT_SECONDS = 30;

    /** Whoever ends processes is less patient. */
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(10);

    /** How its allocators, those of CUDA's libraries and the C++ runtime's say it. */
    private static final Pattern NO_MEMORY = Pattern.compile(
            "can't allocate memory|not enough memory|out of memory|bad_alloc|STATUS_ALLOC_FAILED",
            Pattern.CASE_INSENSITIVE);

    private static final Engine ENGINE = start();

    private Libtorch() {}

    /** On the GPU if there is one. */
    static PtNDManager newManager() {
        return newManager(ENGINE.defaultDevice());
    }

    static PtNDManager newManager(Device device) {
        return (PtNDManager) ENGINE.newBaseManager(device);
    }

    /** @throws IllegalStateException once the process is ending: whoever winds up must not wait for a model */
    static IValue run(PtSymbolBlock script, String method, IValue... arguments) {
        try {
            Future<IValue> result = SCRIPTS.submit(() -> IValueUtils.runMethod(script, method, arguments));
            return await(result);
        } catch (RejectedExecutionException | CancellationException ending) {
            throw new IllegalStateException("the process is ending: no model runs any more", ending);
        }
    }

    /** Interrupted or not, since what runs needs the arguments until its end. */
    private static IValue await(Future<IValue> result) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException later) {
                    interrupted = true;
                } catch (ExecutionException failed) {
                    switch (Objects.requireNonNull(failed.getCause())) {
                        case RuntimeException unchecked -> throw unchecked;
                        case Error error -> throw error;
                        case Throwable checked -> throw new IllegalStateException(checked);
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What libtorch says as the exception that a caller can act upon, if there is one. */
    static RuntimeException explained(EngineException failure) {
        return String.valueOf(failure.getMessage())
                .lines()
                .filter(line -> NO_MEMORY.matcher(line).find())
                .findFirst()
                .<RuntimeException>map(line -> new OutOfNativeMemoryException(line.strip(), failure))
                .orElse(failure);
    }

    private static Engine start() {
        setUnlessSet("ai.djl.offline", "true");
        setUnlessSet("ai.djl.pytorch.num_threads", Integer.toString(THREADS));
        setUnlessSet("ai.djl.pytorch.num_interop_threads", "1");
        // The optimizer specializes a script for the shapes it saw first, and ours change with every batch.
        setUnlessSet("ai.djl.pytorch.graph_optimizer", "false");
        // libgomp's threads spin 300 000 times while they wait for each other; beside other work that takes the very
        // processor that the awaited thread needs. It reads this when it is loaded, which is below.
        CLibrary.setEnvironmentUnlessSet("GOMP_SPINCOUNT", "2000");
        CLibrary.keepFreedMemory();
        Engine engine = Engine.getEngine("PyTorch");
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(Libtorch::stop));
        return engine;
    }

    /** At exit libtorch takes down what running scripts need: they finish first, and no other starts. */
    private static void stop() {
        try {
            ExitHold.awaitNone(LONGEST_HOLD);
            for (Runnable waiting : SCRIPTS.shutdownNow()) {
                ((Future<?>) waiting).cancel(false);
            }
            boolean ignored = SCRIPTS.awaitTermination(PATIENCE_AT_EXIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException exitingAnyway) {
            Thread.currentThread().interrupt();
        }
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
