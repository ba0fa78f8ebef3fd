package dev.tribunal.judge.llm;

import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.LanguageModel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A checkpoint that LLM judges ask; it is loaded once for all of them, in the background. */
final class JudgeModel implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(JudgeModel.class);

    private final String digest;
    private final CompletableFuture<LanguageModel> loading;

    private JudgeModel(String digest, CompletableFuture<LanguageModel> loading) {
        this.digest = digest;
        this.loading = loading;
    }

    /** A model that will never be there. */
    static JudgeModel broken(String digest, String why) {
        return new JudgeModel(digest, CompletableFuture.failedFuture(new IllegalStateException(why)));
    }

    /** A model that is there already. */
    static JudgeModel of(LanguageModel model, String digest) {
        return new JudgeModel(digest, CompletableFuture.completedFuture(model));
    }

    /**
     * Looks into a checkpoint and begins to load it.
     *
     * @throws CheckpointException if it is broken, or is not a language model
     */
    static JudgeModel open(Engine engine, Path directory) {
        CheckpointSummary summary = engine.inspect(directory);
        if (summary.isScoring()) {
            throw new CheckpointException(
                    directory, directory + " must be a language model: it is a sequence-classification checkpoint");
        }
        CompletableFuture<LanguageModel> loading = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("judge-model").start(() -> load(engine, directory, loading));
        return new JudgeModel(summary.digest(), loading);
    }

    private static void load(Engine engine, Path directory, CompletableFuture<LanguageModel> loading) {
        try {
            LanguageModel model = engine.load(directory);
            if (loading.complete(model)) {
                log.info("LLM judges ask {}", directory);
            } else {
                model.close();
            }
        } catch (RuntimeException | Error e) {
            log.error("LLM judges cannot judge: {}", directory, e);
            loading.completeExceptionally(e);
        }
    }

    /** SHA-256 of the checkpoint. */
    String digest() {
        return digest;
    }

    /** @throws Unavailable if it could not be loaded, or is not loaded by the deadline */
    LanguageModel await(Deadline deadline) throws Unavailable {
        try {
            return loading.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Unavailable("the judges' model is still being loaded", true);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            throw new Unavailable("the judges' model cannot be loaded: " + cause.getMessage(), false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("the service is stopping", true);
        }
    }

    @Override
    public void close() {
        if (!loading.cancel(false) && !loading.isCompletedExceptionally()) {
            loading.join().close();
        }
    }

    static final class Unavailable extends Exception {

        private final boolean retryable;

        Unavailable(String message, boolean retryable) {
            super(message, null, false, false);
            this.retryable = retryable;
        }

        boolean retryable() {
            return retryable;
        }
    }
}
