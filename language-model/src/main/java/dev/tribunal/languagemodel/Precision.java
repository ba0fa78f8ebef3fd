package dev.tribunal.languagemodel;

/** What a model's matrices are multiplied in. */
public enum Precision {
    /** 32 bits, everywhere. */
    FP32,
    /**
     * bfloat16 for matrices and for what they are multiplied with; norms, softmax, residual stream, gradients, AdamW
     * and the weights that it changes stay in 32 bits.
     */
    BF16
}
