package dev.tribunal.embedded;

import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.local.LocalEngine;
import java.nio.file.Path;

/**
 * The embedded checkpoints before any training: random weights from a fixed seed.
 *
 * <pre>
 * initial/policy   3.0 million parameters
 * initial/small    0.9 million parameters: what the judge and the reward models start from
 * </pre>
 */
final class EmbeddedModels {

    private static final Engine ENGINE = new LocalEngine();

    private static final ModelConfiguration POLICY = llama(256, 640, 64);
    private static final ModelConfiguration SMALL = llama(128, 384, 32);
    private static final long SEED = 7;

    private EmbeddedModels() {}

    /** @param directory where {@link EmbeddedData#write} has put the tokenizer */
    static void initialize(Path directory) {
        Path tokenizer = directory.resolve("tokenizer");
        ENGINE.initialize(POLICY, tokenizer, SEED, directory.resolve("initial/policy"));
        ENGINE.initialize(SMALL, tokenizer, SEED, directory.resolve("initial/small"));
    }

    private static ModelConfiguration llama(int hiddenSize, int intermediateSize, int headDimension) {
        return new ModelConfiguration(
                "llama",
                EmbeddedData.VOCABULARY,
                hiddenSize,
                intermediateSize,
                4,
                4,
                2,
                headDimension,
                TokenizerFiles.LONGEST_INPUT,
                1e-5,
                10_000,
                true);
    }
}
