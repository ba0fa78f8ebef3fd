package dev.tribunal.local.bench;

import dev.tribunal.languagemodel.architecture.ModelConfiguration;

/**
 * The least arithmetic of a step: products with the weights alone, the prompt once for all its completions. A token
 * passes the layers five times (sampling, reference, forward, and twice backward: its inputs' gradients and the
 * weights'), a completion's token the head as often. Attention is left out; at these lengths it is some percent.
 */
final class StepArithmetic {

    private static final int PASSES = 5;

    private StepArithmetic() {}

    /**
     * @param promptTokens of all prompts of a step
     * @param newTokens of all completions of a step
     * @return multiplications and additions, in thousand millions
     */
    static double gigaflop(ModelConfiguration model, double promptTokens, double newTokens) {
        double heads = model.headDimension() * (2.0 * model.attentionHeads() + 2.0 * model.keyValueHeads());
        double layer = model.hiddenSize() * (heads + 3.0 * model.intermediateSize());
        double head = (double) model.hiddenSize() * model.vocabularySize();
        return 2 * PASSES * (model.layers() * layer * (promptTokens + newTokens) + head * newTokens) / 1e9;
    }
}
