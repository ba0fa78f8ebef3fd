package dev.tribunal.languagemodel;

import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@link LocalEngine} for those that no engine is injected into yet. */
public final class Checkpoints {

    private static final Engine LOCAL = new LocalEngine();

    private Checkpoints() {}

    public static CheckpointSummary inspect(Path directory) {
        return LOCAL.inspect(directory);
    }

    public static ModelConfiguration configuration(Path directory) {
        return LOCAL.configuration(directory);
    }

    public static <T> T withTokenizer(Path directory, Function<ChatTokenizer, T> use) {
        return LOCAL.withTokenizer(directory, use);
    }

    public static LanguageModel load(Path directory) {
        return LOCAL.load(directory);
    }

    public static LanguageModel load(Path directory, EngineOptions options) {
        return LOCAL.load(directory, options);
    }

    public static LanguageModel loadWithNewAdapter(Path directory, EngineOptions options, Lora lora, long seed) {
        return LOCAL.loadWithNewAdapter(directory, options, lora, seed);
    }

    public static LanguageModel loadWithAdapter(Path directory, EngineOptions options, Path adapterDirectory) {
        return LOCAL.loadWithAdapter(directory, options, adapterDirectory);
    }

    public static void mergeAdapter(
            Path directory, Path adapterDirectory, @Nullable WeightType weightType, Path merged) {
        LOCAL.mergeAdapter(directory, adapterDirectory, weightType, merged);
    }

    public static ScoringModel loadScoring(Path directory) {
        return LOCAL.loadScoring(directory);
    }

    public static ScoringModel loadScoring(Path directory, EngineOptions options) {
        return LOCAL.loadScoring(directory, options);
    }

    public static ScoringModel withScalarHead(Path languageModelDirectory) {
        return LOCAL.withScalarHead(languageModelDirectory);
    }

    public static void initialize(
            ModelConfiguration configuration, Path tokenizerDirectory, long seed, Path directory) {
        LOCAL.initialize(configuration, tokenizerDirectory, seed, directory);
    }
}
