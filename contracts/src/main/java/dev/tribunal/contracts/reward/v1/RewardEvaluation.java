package dev.tribunal.contracts.reward.v1;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of a reward model, measured on a file of pairs.
 *
 * @param data the file, {@code file:PATH}
 * @param digest SHA-256 of the file; absent until it was read
 * @param progress share of the pairs that are scored, 0 to 1
 * @param report absent until it is done
 * @param failure why it failed, and what to do
 */
public record RewardEvaluation(
        String id,
        String name,
        String version,
        String data,
        State state,
        @Nullable String digest,
        double progress,
        @Nullable Report report,
        @Nullable String failure,
        Instant createdAt) {

    public enum State {
        @JsonProperty("running")
        RUNNING,
        @JsonProperty("done")
        DONE,
        @JsonProperty("failed")
        FAILED
    }

    /**
     * @param all over all pairs
     * @param meanOfSubsets the mean of the subsets' accuracies, which counts a small subset as much as a large one
     * @param ece expected calibration error of the probability sigma(r_chosen - r_rejected), in ten bins; 0 is best
     * @param brier mean square of one minus that probability; 0 is best, 0.25 is a coin
     * @param lengthCorrelation Pearson's, of score and length over all completions: in tokens of prompt and completion, or
     *     of a server of another system in characters of the completion; absent where one of them does not vary
     * @param longerPreferred of the pairs whose completions are not equally long, the share in which the longer one has the
     *     larger score
     * @param longerChosen of the same pairs, the share in which the longer one is the chosen one
     * @param subsets by their names; one without a name where the file has none
     * @param unscored pairs that were left out, for one of their completions has no score
     */
    public record Report(
            Accuracy all,
            double meanOfSubsets,
            double ece,
            double brier,
            @Nullable Double lengthCorrelation,
            @Nullable Double longerPreferred,
            @Nullable Double longerChosen,
            List<Accuracy> subsets,
            int unscored) {}

    /**
     * How often the chosen completion has the larger score, with Wilson's 95 % interval.
     *
     * @param subset absent of all pairs, and of those without one
     */
    public record Accuracy(@Nullable String subset, double value, double low, double high, int pairs) {}
}
