package dev.tribunal.languagemodel.decoder;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;

/** Starts libtorch, once for the process. */
final class Libtorch {

    /** How many threads one operation may use; the processors, unless this system property says otherwise. */
    private static final String THREADS = "tribunal.engine.threads";

    private static final Engine ENGINE = start();

    private Libtorch() {}

    static PtNDManager newManager() {
        return (PtNDManager) ENGINE.newBaseManager();
    }

    private static Engine start() {
        int threads = Integer.getInteger(THREADS, Runtime.getRuntime().availableProcessors());
        setUnlessSet("ai.djl.offline", "true");
        setUnlessSet("ai.djl.pytorch.num_threads", Integer.toString(threads));
        setUnlessSet("ai.djl.pytorch.num_interop_threads", "1");
        // The optimizer specializes a script for the shapes it saw first, and ours change with every batch.
        setUnlessSet("ai.djl.pytorch.graph_optimizer", "false");
        return Engine.getEngine("PyTorch");
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
