package dev.tribunal.contracts.common;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What matrices are multiplied in. The weights that AdamW changes are in 32 bits always. */
public enum Precision {
    @JsonProperty("fp32")
    FP32,
    /** Faster and smaller, and less exact. */
    @JsonProperty("bf16")
    BF16
}
