package dev.tribunal.languagemodel;

import dev.tribunal.languagemodel.adapter.Adapter;
import dev.tribunal.languagemodel.adapter.AdapterDirectory;
import dev.tribunal.languagemodel.adapter.AdapterLayout;
import dev.tribunal.languagemodel.adapter.InitialAdapter;
import dev.tribunal.languagemodel.adapter.MergedWeights;
import dev.tribunal.languagemodel.checkpoint.CheckpointDirectory;
import dev.tribunal.languagemodel.checkpoint.CheckpointWriter;
import dev.tribunal.languagemodel.checkpoint.Companions;
import dev.tribunal.languagemodel.checkpoint.RandomWeights;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.tokenizer.HuggingFaceChatTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hugging Face checkpoint directories: look into them, load them, make new ones. */
public final class Checkpoints {

    private Checkpoints() {}

    /**
     * What a directory holds, checked without loading the weights: every tensor that the configuration asks for is
     * there with its shape, and the files are whole.
     *
     * @throws CheckpointException naming the file and what is wrong with it
     */
    public static CheckpointSummary inspect(Path directory) {
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        try (var tokenizer = HuggingFaceChatTokenizer.of(directory, opened.companions())) {
            requireFits(directory, opened.configuration(), tokenizer);
            return new CheckpointSummary(
                    opened.configuration(),
                    opened.layout(opened.head()).size(),
                    opened.digest(),
                    opened.head() instanceof Head.Scores(List<String> labels) ? labels : List.of(),
                    tokenizer.hasChatTemplate(),
                    tokenizer.unlistedTurnEnd());
        }
    }

    /**
     * The shape of a directory's model.
     *
     * @throws CheckpointException as {@link #inspect}
     */
    public static ModelConfiguration configuration(Path directory) {
        return CheckpointDirectory.open(directory).configuration();
    }

    /**
     * Uses a checkpoint's tokenizer and chat template without its weights.
     *
     * @param use must not keep the tokenizer
     * @throws CheckpointException as {@link #inspect}
     */
    public static <T> T withTokenizer(Path directory, Function<ChatTokenizer, T> use) {
        try (var tokenizer = HuggingFaceChatTokenizer.of(directory, Companions.readTokenizer(directory))) {
            return use.apply(tokenizer);
        }
    }

    /** @throws CheckpointException as {@link #inspect} */
    public static LanguageModel load(Path directory) {
        return load(directory, EngineOptions.DEFAULT);
    }

    /** @throws CheckpointException as {@link #inspect} */
    public static LanguageModel load(Path directory, EngineOptions options) {
        return new LocalLanguageModel(CheckpointDirectory.open(directory), options, null);
    }

    /**
     * A checkpoint under a new adapter: the adapter alone is trained, and the model starts as the checkpoint is.
     *
     * @param seed of the adapter's random half
     * @throws CheckpointException as {@link #inspect}
     */
    public static LanguageModel loadWithNewAdapter(Path directory, EngineOptions options, Lora lora, long seed) {
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        AdapterLayout layout = AdapterLayout.of(opened.layout(opened.head()), lora);
        return new LocalLanguageModel(opened, options, new Adapter(layout, new InitialAdapter(seed)));
    }

    /**
     * A checkpoint under an adapter that PEFT or {@link LanguageModel#saveAdapter} wrote.
     *
     * @throws CheckpointException as {@link #inspect}, or with all that is wrong with the adapter
     */
    public static LanguageModel loadWithAdapter(Path directory, EngineOptions options, Path adapterDirectory) {
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        AdapterDirectory adapter =
                AdapterDirectory.open(adapterDirectory, opened.layout(opened.head()), options.trainable());
        return new LocalLanguageModel(opened, options, new Adapter(adapter.layout(), adapter));
    }

    /**
     * Writes a checkpoint with an adapter merged into its weights; needs memory for a few tensors only.
     *
     * @param weightType null for the checkpoint's own
     * @throws CheckpointException as {@link #inspect}, with all that is wrong with the adapter, or if {@code merged}
     *     exists already
     */
    public static void mergeAdapter(
            Path directory, Path adapterDirectory, @Nullable WeightType weightType, Path merged) {
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        WeightLayout layout = opened.layout(opened.head());
        AdapterDirectory adapter = AdapterDirectory.open(adapterDirectory, layout, false);
        CheckpointWriter.write(
                merged,
                opened.companions(),
                opened.head(),
                layout,
                weightType == null ? opened.weightType() : weightType,
                new MergedWeights(opened, adapter.layout(), adapter));
    }

    /** @throws CheckpointException as {@link #inspect}, or if the checkpoint has no head of scores */
    public static ScoringModel loadScoring(Path directory) {
        return loadScoring(directory, EngineOptions.DEFAULT);
    }

    /** @throws CheckpointException as {@link #loadScoring(Path)} */
    public static ScoringModel loadScoring(Path directory, EngineOptions options) {
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        if (opened.head() instanceof Head.Scores head) {
            return new LocalScoringModel(opened, head, options);
        }
        throw new CheckpointException(
                directory, directory + " has no head of scores (score.weight): it is no scoring model");
    }

    /** A language model's decoder under a new scalar head of zeros: every score is 0 until it is trained. */
    public static ScoringModel withScalarHead(Path languageModelDirectory) {
        CheckpointDirectory opened = CheckpointDirectory.open(languageModelDirectory);
        if (opened.head() instanceof Head.Scores) {
            throw new CheckpointException(
                    languageModelDirectory, languageModelDirectory + " has a head of scores already: load it instead");
        }
        return new LocalScoringModel(opened, new Head.Scores(Companions.unnamedLabels(1)), EngineOptions.DEFAULT);
    }

    /**
     * Writes a new checkpoint with random weights: normal, deviation 0.02 (residual projections scaled by
     * {@code 1/sqrt(2 * layers)}), norms one.
     *
     * @param configuration of a llama without attention biases and rope scaling
     * @param tokenizerDirectory holds {@code tokenizer.json} and {@code tokenizer_config.json}, which are copied
     */
    public static void initialize(
            ModelConfiguration configuration, Path tokenizerDirectory, long seed, Path directory) {
        Companions tokenizerFiles = Companions.readTokenizer(tokenizerDirectory);
        Companions companions;
        try (var tokenizer = HuggingFaceChatTokenizer.of(tokenizerDirectory, tokenizerFiles)) {
            requireFits(tokenizerDirectory, configuration, tokenizer);
            companions = tokenizerFiles.configuredAs(configuration, tokenizer.endOfSequenceIds());
        }
        Head head = Head.ofLanguageModel(configuration);
        WeightLayout layout = WeightLayout.of(configuration, head);
        CheckpointWriter.write(
                directory, companions, head, layout, WeightType.F32, new RandomWeights(seed, configuration.layers()));
    }

    private static void requireFits(Path directory, ModelConfiguration configuration, ChatTokenizer tokenizer) {
        if (tokenizer.vocabularySize() > configuration.vocabularySize()) {
            throw new CheckpointException(
                    directory,
                    directory + ": the tokenizer has " + tokenizer.vocabularySize()
                            + " tokens, but the model's vocabulary has " + configuration.vocabularySize());
        }
    }

    /**
     * @param digest SHA-256 over the configuration, tokenizer and weight files, by which a run pins the checkpoint
     * @param labels what a sequence-classification checkpoint scores; empty for a language model
     * @param unlistedTurnEnd the token that the chat template ends an assistant's turn with, if no file of the
     *     checkpoint lists it as one that ends a text: programs that go by the files alone never stop there
     */
    public record CheckpointSummary(
            ModelConfiguration configuration,
            long parameters,
            String digest,
            List<String> labels,
            boolean chatTemplate,
            Optional<String> unlistedTurnEnd) {

        /** Whether it is a sequence-classification checkpoint, with one label or several. */
        public boolean isScoring() {
            return !labels.isEmpty();
        }

        /** Whether it is one with a single label: a reward model. */
        public boolean scalarHead() {
            return labels.size() == 1;
        }
    }
}
