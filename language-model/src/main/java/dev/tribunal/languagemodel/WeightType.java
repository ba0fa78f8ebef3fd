package dev.tribunal.languagemodel;

/** How weights are stored in safetensors. {@link Precision} says what they are computed in, whatever the file holds. */
public enum WeightType {
    F32,
    F16,
    BF16
}
