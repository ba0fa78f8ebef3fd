package dev.tribunal.languagemodel;

/**
 * The engine asked the machine, or its GPU, for memory that there is not. The message says what takes less. The model
 * still works; what the failed call had added to a gradient stays there until it is cleared.
 */
public final class OutOfNativeMemoryException extends RuntimeException {

    /** @param refusal what the engine said: how much it asked for, and of what */
    public OutOfNativeMemoryException(String refusal, Throwable cause) {
        super(
                "the model ran out of memory: use smaller micro-batches, fewer or shorter samples at once,"
                        + " activationCheckpointing or the precision bf16 (" + refusal + ")",
                cause);
    }
}
