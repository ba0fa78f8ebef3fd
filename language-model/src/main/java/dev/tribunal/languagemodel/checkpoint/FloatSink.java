package dev.tribunal.languagemodel.checkpoint;

/** Takes a tensor's values in order, some at a time. */
@FunctionalInterface
interface FloatSink {

    /** @param offset of the first of these values within the tensor */
    void accept(long offset, float[] values);
}
