package dev.tribunal.languagemodel.decoder;

import ai.djl.engine.EngineException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The one platform thread that owns a model: whatever is done with it is asked for here, one thing after the other, and
 * native memory is freed here. The scripts themselves run on threads that all models share, see {@link Libtorch}.
 */
public final class ModelThread {

    private final ExecutorService executor;
    private volatile @Nullable Thread thread;

    public ModelThread(String name) {
        ThreadFactory factory = Thread.ofPlatform().name(name).daemon().factory();
        executor = Executors.newSingleThreadExecutor(work -> {
            Thread started = factory.newThread(work);
            thread = started;
            return started;
        });
    }

    /**
     * Runs the work after all that was asked for before, and waits for it.
     *
     * @throws IllegalStateException if the model is closed, or the caller is interrupted while it waits
     * @throws dev.tribunal.languagemodel.OutOfNativeMemoryException if libtorch gets no memory
     */
    public <T> T call(Callable<T> work) {
        if (Thread.currentThread().equals(thread)) {
            throw new IllegalStateException("the model was called from its own thread, which would wait for itself");
        }
        try {
            return await(executor.submit(work));
        } catch (RejectedExecutionException closed) {
            throw new IllegalStateException("the model is closed", closed);
        }
    }

    public void run(Runnable work) {
        call(() -> {
            work.run();
            return true;
        });
    }

    /** As {@link #run}, but on a closed model's behalf in the caller's thread: for giving memory back. */
    public void runOrElseHere(Runnable work) {
        if (executor.isShutdown()) {
            work.run();
        } else {
            run(work);
        }
    }

    private static <T> T await(Future<T> result) {
        try {
            return result.get();
        } catch (ExecutionException failed) {
            throw withStackOf(new Exception("the model was called from here"), failed);
        } catch (InterruptedException interrupted) {
            result.cancel(false); // what has not begun never will; what runs, runs to its end
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the model", interrupted);
        }
    }

    /** The model's exception, with the stack of the thread that called. */
    private static RuntimeException withStackOf(Exception caller, ExecutionException failed) {
        Throwable cause = Objects.requireNonNull(failed.getCause());
        cause.addSuppressed(caller);
        return switch (cause) {
            case EngineException engine -> Libtorch.explained(engine);
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            case Throwable checked -> new IllegalStateException(checked);
        };
    }

    /**
     * Lets what was asked for finish, runs {@code last} and ends the thread, interrupted or not; a second time it does
     * nothing.
     */
    public synchronized void close(Runnable last) {
        if (executor.isShutdown()) {
            return;
        }
        Future<?> closed = executor.submit(last);
        executor.shutdown();
        boolean interrupted = Thread.interrupted();
        try {
            while (!closed.isDone()) {
                try {
                    closed.get();
                } catch (InterruptedException later) {
                    interrupted = true;
                } catch (ExecutionException failed) {
                    throw withStackOf(new Exception("the model was closed from here"), failed);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
