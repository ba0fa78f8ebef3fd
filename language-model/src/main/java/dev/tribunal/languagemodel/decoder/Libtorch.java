package dev.tribunal.languagemodel.decoder;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** libtorch, started once for the process, and the one way to run a script in it. */
final class Libtorch {

    /** How many threads one operation may use; the processors, unless this system property says otherwise. */
    private static final int THREADS =
            Integer.getInteger("tribunal.engine.threads", Runtime.getRuntime().availableProcessors());

    /**
     * As many scripts run at a time as the processors can hold, so that models in one process take turns. Two that each
     * want all processors would wait for each other at every operation's end.
     */
    private static final int SCRIPTS_AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() / THREADS);

    private static final Semaphore TURNS = new Semaphore(SCRIPTS_AT_ONCE, true);
    private static final long PATIENCE_AT_EXIT_SECONDS = 30;

    private static volatile boolean stopping;

    private static final Engine ENGINE = start();

    private Libtorch() {}

    static PtNDManager newManager() {
        return (PtNDManager) ENGINE.newBaseManager();
    }

    /** @throws IllegalStateException once the process is ending: whoever winds up must not wait for a model */
    static IValue run(PtSymbolBlock script, String method, IValue... arguments) {
        TURNS.acquireUninterruptibly();
        try {
            if (stopping) {
                throw new IllegalStateException("the process is ending: no model runs any more");
            }
            return IValueUtils.runMethod(script, method, arguments);
        } finally {
            TURNS.release();
        }
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
        stopping = true;
        try {
            if (TURNS.tryAcquire(SCRIPTS_AT_ONCE, PATIENCE_AT_EXIT_SECONDS, TimeUnit.SECONDS)) {
                TURNS.release(SCRIPTS_AT_ONCE);
            }
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
