package dev.tribunal.local.cli.model;

import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.local.EngineSpeed;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.local.cli.shared.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Which model a command runs in its own process, and with what. */
public final class ModelOptions {

    private static final Engine ENGINE = new LocalEngine();

    private static final String THREADS = "tribunal.engine.threads";

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "A Hugging Face checkpoint.")
    Path directory = Path.of("");

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "Threads of one native operation; default ${DEFAULT-VALUE}, the processors.")
    public int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--bf16", description = "Multiply matrices in bfloat16; what is trained stays in 32 bits.")
    boolean bf16;

    /** A model that only samples and scores. */
    public LanguageModel load() {
        return load(EngineOptions.DEFAULT.frozen());
    }

    /**
     * Precision comes from the command line.
     *
     * @throws CommandException if there is no such checkpoint, or it is not of a language model
     */
    public LanguageModel load(EngineOptions options) {
        setThreads();
        return use(() -> ENGINE.load(directory, withPrecision(options)));
    }

    /** As {@link #load()}, under a LoRA adapter. */
    LanguageModel loadWithAdapter(Path adapter) {
        setThreads();
        EngineOptions options = withPrecision(EngineOptions.DEFAULT.frozen());
        return use(() -> ENGINE.loadWithAdapter(directory, options, adapter));
    }

    /** A reward model's checkpoint beside it. */
    ScoringModel loadScoring(Path rewardModel) {
        return use(() -> ENGINE.loadScoring(rewardModel, withPrecision(EngineOptions.DEFAULT.frozen())));
    }

    private EngineOptions withPrecision(EngineOptions options) {
        Precision precision = bf16 ? Precision.BF16 : Precision.FP32;
        if (!EngineSpeed.isWorthwhile(precision)) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "this processor has no instructions for bf16: a product takes %.1f times as long as in 32 bits;"
                            + " leave --bf16 out",
                    EngineSpeed.slowdown(precision)));
        }
        return options.withPrecision(precision);
    }

    private void setThreads() {
        if (threads < 1) {
            throw new CommandException("--threads is " + threads + ", but must be at least 1");
        }
        // The engine reads it once, when the first model of the process is loaded.
        System.setProperty(THREADS, Integer.toString(threads));
    }

    ModelConfiguration configuration() {
        return use(() -> ENGINE.configuration(directory));
    }

    /** As {@link Engine#withTokenizer}. */
    <T> T withTokenizer(Function<ChatTokenizer, T> use) {
        return use(() -> ENGINE.withTokenizer(directory, use));
    }

    private <T> T use(Supplier<T> checkpoint) {
        if (!Files.isDirectory(directory)) {
            throw new CommandException("there is no folder " + directory + ": --model names a checkpoint's folder");
        }
        try {
            return checkpoint.get();
        } catch (CheckpointException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }
}
