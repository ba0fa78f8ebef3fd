package dev.tribunal.reward.training;

import java.util.List;

/** What is learned from at once, as the model reads it. */
public interface Row {

    /** The same for the same messages. */
    long prompt();

    /** Token ids; what is said of one is said beside what is said of the others. */
    List<int[]> sequences();

    int longest();
}
