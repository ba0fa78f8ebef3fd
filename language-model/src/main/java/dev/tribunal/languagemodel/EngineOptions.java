package dev.tribunal.languagemodel;

/**
 * How a loaded model computes.
 *
 * @param activationCheckpointing a forward pass that is trained on keeps each layer's input alone, and the backward
 *     pass computes the rest again: about a third more work for less than a fifth of the memory (arXiv 1604.06174)
 * @param trainable whether it may be trained; one that is not, such as a reference, holds no weights in 32 bits beside
 *     those in bf16
 */
public record EngineOptions(Precision precision, boolean activationCheckpointing, boolean trainable) {

    /** In 32 bits, trainable, everything kept. */
    public static final EngineOptions DEFAULT = new EngineOptions(Precision.FP32, false, true);

    public EngineOptions withPrecision(Precision other) {
        return new EngineOptions(other, activationCheckpointing, trainable);
    }

    public EngineOptions withActivationCheckpointing(boolean other) {
        return new EngineOptions(precision, other, trainable);
    }

    /** The same, for a model that only samples and scores. */
    public EngineOptions frozen() {
        return new EngineOptions(precision, activationCheckpointing, false);
    }
}
