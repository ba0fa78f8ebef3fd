package dev.tribunal.languagemodel.local;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.adapter.Adapter;
import dev.tribunal.languagemodel.adapter.AdapterDirectory;
import dev.tribunal.languagemodel.adapter.AdapterLayout;
import dev.tribunal.languagemodel.adapter.MergedWeights;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.checkpoint.CheckpointDirectory;
import dev.tribunal.languagemodel.checkpoint.CheckpointWriter;
import dev.tribunal.languagemodel.checkpoint.Companions;
import dev.tribunal.languagemodel.checkpoint.FloatSource;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.decoder.ModelThread;
import dev.tribunal.languagemodel.tokenizer.HuggingFaceChatTokenizer;
import dev.tribunal.languagemodel.training.GradientOptimizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What a language model and a scoring model in this process share: thread, decoder, tokenizer, optimizer, files. */
final class LocalModel implements AutoCloseable {

    private final Head head;
    private final Companions companions;
    private final HuggingFaceChatTokenizer tokenizer;
    private final ModelConfiguration configuration;
    private final ModelThread thread;
    private final Decoder decoder;
    private final GradientOptimizer optimizer;
    private final CheckpointDirectory directory;
    private final @Nullable AdapterLayout adapter;
    private final @Nullable FloatSource newHead;

    /**
     * Weights that the directory lacks start at zero.
     *
     * @param newHead what the head of scores starts as, if not as the directory has it
     * @param adapter what to train instead of the directory's weights, if not them
     */
    LocalModel(
            CheckpointDirectory directory,
            Head head,
            EngineOptions options,
            @Nullable FloatSource newHead,
            @Nullable Adapter adapter) {
        this.directory = directory;
        this.adapter = adapter == null ? null : adapter.layout();
        this.newHead = newHead;
        this.head = head;
        companions = directory.companions();
        configuration = directory.configuration();
        tokenizer = HuggingFaceChatTokenizer.of(directory.path(), companions);
        thread = new ModelThread("model " + directory.path().getFileName());
        try {
            decoder = call(() -> load(directory, head, options, newHead, adapter));
        } catch (RuntimeException | Error failed) {
            thread.close(tokenizer::close);
            throw failed;
        }
        optimizer = new GradientOptimizer(decoder);
    }

    private static Decoder load(
            CheckpointDirectory directory,
            Head head,
            EngineOptions options,
            @Nullable FloatSource newHead,
            @Nullable Adapter adapter) {
        Decoder decoder = new Decoder(
                directory.configuration(),
                directory.layout(head),
                directory.paddingId(),
                options,
                adapter == null ? null : adapter.layout());
        try {
            List<WeightLayout.Tensor> stored = new ArrayList<>(decoder.layout().tensors());
            if (newHead != null) {
                WeightLayout.Tensor scores = decoder.layout().scores();
                stored.remove(scores);
                decoder.writeWeights(scores.offset(), newHead.read(scores, 0, Math.toIntExact(scores.size())));
            }
            directory.readWeights(
                    stored, (tensor, offset, values) -> decoder.writeWeights(tensor.offset() + offset, values));
            if (adapter != null) {
                for (WeightLayout.Tensor tensor : adapter.layout().row().tensors()) {
                    float[] values = adapter.values().read(tensor, 0, Math.toIntExact(tensor.size()));
                    decoder.writeTrained(tensor.offset(), values);
                }
            }
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

    /** A pass to train on. */
    <T> T forward(Callable<T> pass) {
        return call(() -> {
            optimizer.prepare();
            return pass.call();
        });
    }

    void backward(Runnable pass) {
        thread.run(() -> {
            optimizer.gradientAdded(); // a pass that fails may have added to it
            pass.run();
        });
    }

    double step(AdamW adamW) {
        return call(() -> optimizer.step(adamW));
    }

    double updateNorm() {
        return call(optimizer::updateNorm);
    }

    void clearGradient() {
        run(optimizer::clearGradient);
    }

    void selectGradient(int row) {
        run(() -> optimizer.selectGradient(row));
    }

    double[][] gradientProducts(int rows) {
        return call(() -> optimizer.gradientProducts(rows));
    }

    void mixGradients(double[] factors) {
        run(() -> optimizer.mixGradients(factors));
    }

    /** With an adapter, what is saved has it merged into the weights of the checkpoint that it was made for. */
    void save(Path target, WeightType type) {
        FloatSource weights = adapter == null ? this::trained : new MergedWeights(base(), adapter, this::trained);
        run(() -> CheckpointWriter.write(target, companions, head, decoder.layout(), type, weights));
    }

    /** What the adapter was put on. */
    private FloatSource base() {
        FloatSource own = newHead;
        if (own == null) {
            return directory;
        }
        WeightLayout.Tensor scores = decoder.layout().scores();
        return (tensor, offset, count) -> tensor.name().equals(scores.name())
                ? own.read(tensor, offset, count)
                : directory.read(tensor, offset, count);
    }

    void saveAdapter(Path target) {
        AdapterLayout saved = requireAdapter();
        String base = directory.path().toAbsolutePath().normalize().toString();
        run(() -> AdapterDirectory.write(target, saved, base, this::trained));
    }

    boolean hasAdapter() {
        return adapter != null;
    }

    AdapterLayout requireAdapter() {
        if (adapter == null) {
            throw new IllegalStateException("this model has no adapter");
        }
        return adapter;
    }

    private float[] trained(WeightLayout.Tensor tensor, long offset, int count) {
        return decoder.readTrained(tensor.offset() + offset, count);
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

    @Override
    public void close() {
        thread.close(() -> {
            decoder.close();
            tokenizer.close();
        });
    }
}
