package dev.tribunal.trainer.stage;

import dev.tribunal.languagemodel.Capability;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.SoupPart;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.trainer.journal.Beside;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Waiting;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An engine whose run hears orders while models are loaded and checkpoints read, and tells that it waits for them. */
record WatchfulEngine(Engine engine, RunJournal journal) implements Engine {

    private <T> T beside(Path directory, Supplier<T> work, Consumer<? super T> unwanted) {
        try (Waiting _ = journal.waiting("model-loading", directory.toString(), "is being read")) {
            return Beside.call(journal, work, unwanted);
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return engine.capabilities();
    }

    @Override
    public CheckpointSummary inspect(Path directory) {
        return beside(directory, () -> engine.inspect(directory), summary -> {});
    }

    @Override
    public ModelConfiguration configuration(Path directory) {
        return engine.configuration(directory);
    }

    @Override
    public <T> T withTokenizer(Path directory, Function<ChatTokenizer, T> use) {
        return engine.withTokenizer(directory, use);
    }

    @Override
    public LanguageModel load(Path directory, EngineOptions options) {
        return beside(directory, () -> engine.load(directory, options), LanguageModel::close);
    }

    @Override
    public LanguageModel loadWithNewAdapter(Path directory, EngineOptions options, Lora lora, long seed) {
        return beside(directory, () -> engine.loadWithNewAdapter(directory, options, lora, seed), LanguageModel::close);
    }

    @Override
    public LanguageModel loadWithAdapter(Path directory, EngineOptions options, Path adapterDirectory) {
        return beside(
                directory, () -> engine.loadWithAdapter(directory, options, adapterDirectory), LanguageModel::close);
    }

    @Override
    public void mergeAdapter(Path directory, Path adapterDirectory, @Nullable WeightType weightType, Path merged) {
        engine.mergeAdapter(directory, adapterDirectory, weightType, merged);
    }

    @Override
    public ScoringModel loadScoring(Path directory, EngineOptions options) {
        return beside(directory, () -> engine.loadScoring(directory, options), ScoringModel::close);
    }

    @Override
    public ScoringModel withScalarHead(Path languageModelDirectory, EngineOptions options) {
        return beside(
                languageModelDirectory,
                () -> engine.withScalarHead(languageModelDirectory, options),
                ScoringModel::close);
    }

    @Override
    public ScoringModel withHead(Path directory, List<String> labels, long seed, EngineOptions options) {
        return beside(directory, () -> engine.withHead(directory, labels, seed, options), ScoringModel::close);
    }

    @Override
    public ScoringModel withHeadAndAdapter(
            Path directory, List<String> labels, long seed, EngineOptions options, Lora lora) {
        return beside(
                directory,
                () -> engine.withHeadAndAdapter(directory, labels, seed, options, lora),
                ScoringModel::close);
    }

    @Override
    public void initialize(ModelConfiguration configuration, Path tokenizerDirectory, long seed, Path directory) {
        engine.initialize(configuration, tokenizerDirectory, seed, directory);
    }

    /** Its files belong to who asks, who waits for them to be written. */
    @Override
    public void soup(List<SoupPart> parts, @Nullable WeightType weightType, Path directory) {
        engine.soup(parts, weightType, directory);
    }
}
