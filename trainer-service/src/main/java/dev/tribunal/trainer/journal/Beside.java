package dev.tribunal.trainer.journal;

import dev.tribunal.trainer.journal.RunJournal.StepAbandonedException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Work that blocks and hears of no orders, such as loading a model: done on a thread of its own, while its run does. */
public final class Beside {

    private static final Duration LOOK = Duration.ofMillis(250);

    private Beside() {}

    /**
     * What the work gives, or fails with. A run that is paused meanwhile goes on with it when it is resumed.
     *
     * @param unwanted is given what the work gives when nobody waits for it any more
     * @throws RunJournal.RunCancelledException at once, if the run is cancelled
     * @throws RunJournal.TrainerLeavesException likewise, if the trainer is shutting down
     */
    public static <T> T call(RunJournal journal, Supplier<T> work, Consumer<? super T> unwanted) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name(Thread.currentThread().getName() + " beside")
                .start(() -> {
                    try {
                        T made = work.get();
                        if (!result.complete(made)) {
                            unwanted.accept(made);
                        }
                    } catch (Throwable e) { // whatever it is: another thread waits for it
                        result.completeExceptionally(e);
                    }
                });
        try {
            return await(result, journal);
        } finally {
            if (result.cancel(false)) {
                thread.interrupt();
            }
        }
    }

    private static <T> T await(CompletableFuture<T> result, RunJournal journal) {
        try {
            while (true) {
                try {
                    return result.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException stillAtIt) {
                    obey(journal);
                }
            }
        } catch (ExecutionException failed) {
            switch (Objects.requireNonNull(failed.getCause())) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(failed.getCause());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while work was done beside", interrupted);
        }
    }

    private static void obey(RunJournal journal) {
        try {
            journal.stopIfAsked();
        } catch (StepAbandonedException pausing) {
            journal.awaitPermission();
        }
    }
}
