package dev.tribunal.languagemodel;

import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.local.LocalEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where models are loaded, made and trained. {@link LocalEngine} does it in this process; another may do it on a server.
 *
 * <p>A directory is the handle of weights: a Hugging Face checkpoint, or PEFT's of an adapter. An engine whose weights
 * are elsewhere keeps in the directory what it finds them by.
 */
public interface Engine {

    /** What this engine can do of what not every engine can. */
    Set<Capability> capabilities();

    /**
     * What a directory holds, checked without loading the weights: every tensor that the configuration asks for is
     * there with its shape, and the files are whole.
     *
     * @throws CheckpointException naming the file and what is wrong with it
     */
    CheckpointSummary inspect(Path directory);

    /**
     * The shape of a directory's model.
     *
     * @throws CheckpointException as {@link #inspect}
     */
    ModelConfiguration configuration(Path directory);

    /**
     * Uses a checkpoint's tokenizer and chat template without its weights.
     *
     * @param use must not keep the tokenizer
     * @throws CheckpointException as {@link #inspect}
     */
    <T> T withTokenizer(Path directory, Function<ChatTokenizer, T> use);

    /** @throws CheckpointException as {@link #inspect} */
    default LanguageModel load(Path directory) {
        return load(directory, EngineOptions.DEFAULT);
    }

    /** @throws CheckpointException as {@link #inspect} */
    LanguageModel load(Path directory, EngineOptions options);

    /**
     * A checkpoint under a new adapter: the adapter alone is trained, and the model starts as the checkpoint is.
     *
     * @param seed of the adapter's random half
     * @throws CheckpointException as {@link #inspect}
     */
    LanguageModel loadWithNewAdapter(Path directory, EngineOptions options, Lora lora, long seed);

    /**
     * A checkpoint under an adapter that PEFT or {@link LanguageModel#saveAdapter} wrote. Trained on, it goes on bit for
     * bit where the saved one was, given its {@linkplain LanguageModel#loadOptimizerState optimizer state}.
     *
     * @throws CheckpointException as {@link #inspect}, or with all that is wrong with the adapter
     */
    LanguageModel loadWithAdapter(Path directory, EngineOptions options, Path adapterDirectory);

    /**
     * Writes a checkpoint with an adapter merged into its weights; needs memory for a few tensors only.
     *
     * @param weightType null for the checkpoint's own
     * @throws CheckpointException as {@link #inspect}, with all that is wrong with the adapter, or if {@code merged}
     *     exists already
     */
    void mergeAdapter(Path directory, Path adapterDirectory, @Nullable WeightType weightType, Path merged);

    /** @throws CheckpointException as {@link #inspect}, or if the checkpoint has no head of scores */
    default ScoringModel loadScoring(Path directory) {
        return loadScoring(directory, EngineOptions.DEFAULT);
    }

    /** @throws CheckpointException as {@link #loadScoring(Path)} */
    ScoringModel loadScoring(Path directory, EngineOptions options);

    /** @throws CheckpointException as {@link #withScalarHead(Path, EngineOptions)} */
    default ScoringModel withScalarHead(Path languageModelDirectory) {
        return withScalarHead(languageModelDirectory, EngineOptions.DEFAULT);
    }

    /**
     * A language model's decoder under a new scalar head of zeros: every score is 0 until it is trained.
     *
     * @throws CheckpointException as {@link #inspect}, or if the checkpoint has a head of scores
     */
    ScoringModel withScalarHead(Path languageModelDirectory, EngineOptions options);

    /**
     * The decoder of a language model or a scoring model under a new random head: normal, deviation 0.02, the same for
     * the same seed. Heads that all start at zero would make an ensemble whose members are the same.
     *
     * @param labels what is scored, at least one
     * @throws CheckpointException as {@link #inspect}
     */
    ScoringModel withHead(Path directory, List<String> labels, long seed, EngineOptions options);

    /**
     * As {@link #withHead}, under a new adapter, which is trained in place of the weights. It adapts the head too, whatever
     * its targets are. What is saved has it merged.
     *
     * @param seed of the head and of the adapter's random half
     * @throws CheckpointException as {@link #inspect}
     */
    ScoringModel withHeadAndAdapter(Path directory, List<String> labels, long seed, EngineOptions options, Lora lora);

    /**
     * Writes a new checkpoint with random weights: normal, deviation 0.02 (residual projections scaled by
     * {@code 1/sqrt(2 * layers)}), norms one.
     *
     * @param configuration of a llama without attention biases and rope scaling
     * @param tokenizerDirectory holds {@code tokenizer.json} and {@code tokenizer_config.json}, which are copied
     */
    void initialize(ModelConfiguration configuration, Path tokenizerDirectory, long seed, Path directory);

    /**
     * Writes the weighted mean of several models' weights (model soups, arXiv 2203.05482), parameter by parameter, with
     * the first one's tokenizer and configuration; needs memory for a few tensors only.
     *
     * @param parts models of one shape; their weights add up to 1
     * @param weightType null for the first checkpoint's own
     * @throws IllegalArgumentException if there is none, or the weights do not add up to 1
     * @throws CheckpointException as {@link #mergeAdapter}, or if the models differ in shape or labels
     */
    void soup(List<SoupPart> parts, @Nullable WeightType weightType, Path directory);
}
