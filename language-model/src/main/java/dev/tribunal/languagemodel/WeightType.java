package dev.tribunal.languagemodel;

/** How weights are stored in safetensors. Computation and training are in fp32 whatever the file holds. */
public enum WeightType {
    F32,
    F16,
    BF16
}
