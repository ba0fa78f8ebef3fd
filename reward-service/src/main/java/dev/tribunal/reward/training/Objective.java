package dev.tribunal.reward.training;

/** What is minimised over rows of one kind. */
public interface Objective<T extends Row> {

    /**
     * @param scores {@code [sequences of the row][outputs]}, finite
     * @param tally told what was found
     * @return dLoss/dscore of the row alone, likewise
     */
    double[][] learn(T row, float[][] scores, Tally tally);

    /** As {@link #learn}, without learning. */
    void measure(T row, float[][] scores, Tally tally);

    /** A step is done. */
    default void stepped() {}
}
