package dev.tribunal.languagemodel;

import dev.tribunal.languagemodel.checkpoint.CheckpointDirectory;
import dev.tribunal.languagemodel.checkpoint.CheckpointWriter;
import dev.tribunal.languagemodel.checkpoint.Companions;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.decoder.ModelThread;
import dev.tribunal.languagemodel.tokenizer.HuggingFaceChatTokenizer;
import dev.tribunal.languagemodel.training.GradientOptimizer;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** What a language model and a scoring model in this process share: thread, decoder, tokenizer, optimizer, files. */
final class LocalModel implements AutoCloseable {

    private final Head head;
    private final Companions companions;
    private final HuggingFaceChatTokenizer tokenizer;
    private final ModelConfiguration configuration;
    private final ModelThread thread;
    private final Decoder decoder;
    private final GradientOptimizer optimizer;

    /** Weights that the directory lacks start at zero. */
    LocalModel(CheckpointDirectory directory, Head head, EngineOptions options) {
        this.head = head;
        companions = directory.companions();
        configuration = directory.configuration();
        tokenizer = HuggingFaceChatTokenizer.of(directory.path(), companions);
        thread = new ModelThread("model " + directory.path().getFileName());
        try {
            decoder = call(() -> load(directory, head, options));
        } catch (RuntimeException | Error failed) {
            thread.close(tokenizer::close);
            throw failed;
        }
        optimizer = new GradientOptimizer(decoder);
    }

    private static Decoder load(CheckpointDirectory directory, Head head, EngineOptions options) {
        Decoder decoder = new Decoder(
                directory.configuration(), directory.layout(head), directory.paddingId(), options);
        try {
            directory.readWeights(
                    decoder.layout(),
                    (tensor, offset, values) -> decoder.writeWeights(tensor.offset() + offset, values));
            return decoder;
        } catch (RuntimeException | Error failed) {
            decoder.close();
            throw failed;
        }
    }

    ModelConfiguration configuration() {
        return configuration;
    }

    ChatTokenizer tokenizer() {
        return tokenizer;
    }

    /** To be used on the model's thread alone. */
    Decoder decoder() {
        return decoder;
    }

    <T> T call(Callable<T> work) {
        return thread.call(work);
    }

    void run(Runnable work) {
        thread.run(work);
    }

    void backward(Runnable pass) {
        thread.run(() -> {
            pass.run();
            optimizer.gradientAdded();
        });
    }

    double step(AdamW adamW) {
        return call(() -> optimizer.step(adamW));
    }

    void clearGradient() {
        run(optimizer::clearGradient);
    }

    void save(Path directory, WeightType type) {
        run(() -> CheckpointWriter.write(
                directory,
                companions,
                head,
                decoder.layout(),
                type,
                (tensor, offset, count) -> decoder.read(decoder.weights(), tensor.offset() + offset, count)));
    }

    void saveOptimizerState(Path file) {
        run(() -> optimizer.save(file));
    }

    void loadOptimizerState(Path file) {
        run(() -> optimizer.load(file));
    }

    /** Frees what a forward pass kept. */
    void free(Runnable pass) {
        thread.runOrElseHere(pass);
    }

    void requireFits(int[] ids, int more) {
        if (ids.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
        if (ids.length + more > configuration.maxPositions()) {
            throw new IllegalArgumentException("a prompt of " + ids.length + " tokens and " + more
                    + " more exceed the model's " + configuration.maxPositions() + " positions");
        }
        requireIds(ids);
    }

    void requireIds(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= configuration.vocabularySize()) {
                throw new IllegalArgumentException(
                        "there is no token " + id + " in a vocabulary of " + configuration.vocabularySize());
            }
        }
    }

    static void requireFinite(double[] weights, String name) {
        for (int i = 0; i < weights.length; i++) {
            if (!Double.isFinite(weights[i])) {
                throw new IllegalArgumentException(name + i + " is " + weights[i] + ", but must be finite");
            }
        }
    }

    @Override
    public void close() {
        thread.close(() -> {
            decoder.close();
            tokenizer.close();
        });
    }
}
