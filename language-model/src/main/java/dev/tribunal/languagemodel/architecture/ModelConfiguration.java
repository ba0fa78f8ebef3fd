package dev.tribunal.languagemodel.architecture;

/**
 * The shape of a Llama-family decoder, as {@code config.json} tells it.
 *
 * @param modelType {@code llama}, {@code mistral}, {@code qwen2} or {@code qwen3}
 * @param headDimension width of one attention head; all heads' widths need not add up to {@code hiddenSize}
 * @param keyValueHeads divides {@code attentionHeads}
 * @param maxPositions prompt and completion together: {@code max_position_embeddings}, or where rotary positions are
 *     dynamic as many times more as they say
 * @param tiedEmbeddings the head's weights are the embedding's
 */
public record ModelConfiguration(
        String modelType,
        int vocabularySize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int attentionHeads,
        int keyValueHeads,
        int headDimension,
        int maxPositions,
        double rmsNormEpsilon,
        Rope rope,
        Attention attention,
        boolean tiedEmbeddings) {

    public ModelConfiguration {
        if (vocabularySize < 1
                || hiddenSize < 1
                || intermediateSize < 1
                || layers < 1
                || attentionHeads < 1
                || keyValueHeads < 1
                || headDimension < 2
                || maxPositions < 1) {
            throw new IllegalArgumentException("every size of a model must be positive: " + modelType);
        }
        if (attentionHeads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    "keyValueHeads " + keyValueHeads + " does not divide attentionHeads " + attentionHeads);
        }
        if (attention.windowed().size() != layers) {
            throw new IllegalArgumentException(
                    "windows for " + attention.windowed().size() + " layers, but there are " + layers);
        }
    }

    /** With Llama's attention and plain rotary positions. */
    public ModelConfiguration(
            String modelType,
            int vocabularySize,
            int hiddenSize,
            int intermediateSize,
            int layers,
            int attentionHeads,
            int keyValueHeads,
            int headDimension,
            int maxPositions,
            double rmsNormEpsilon,
            double ropeTheta,
            boolean tiedEmbeddings) {
        this(
                modelType,
                vocabularySize,
                hiddenSize,
                intermediateSize,
                layers,
                attentionHeads,
                keyValueHeads,
                headDimension,
                maxPositions,
                rmsNormEpsilon,
                Rope.of(ropeTheta),
                Attention.plain(layers),
                tiedEmbeddings);
    }

    /**
     * @param more tokens that are to follow
     * @throws IllegalArgumentException if they have no place, or one of them is not in the vocabulary
     */
    public void requireFits(int[] ids, int more) {
        if (ids.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
        if (ids.length + more > maxPositions) {
            throw new IllegalArgumentException("a prompt of " + ids.length + " tokens and " + more
                    + " more exceed the model's " + maxPositions + " positions");
        }
        requireIds(ids);
    }

    /** @throws IllegalArgumentException if one of them is not in the vocabulary */
    public void requireIds(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= vocabularySize) {
                throw new IllegalArgumentException("there is no token " + id + " in a vocabulary of " + vocabularySize);
            }
        }
    }
}
