package dev.tribunal.contracts.reward.v1;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.methods.rewardmodel.Moslim.Population;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A version of a reward model.
 *
 * @param digest of the checkpoint it scores with; absent until it is ready. A run pins it
 * @param maxTokens that prompt and completion may have together, as its own tokenizer counts them; absent where that is
 *     not known, as of a server of another system
 * @param labels of a reward model that classifies, in their order; none of one that gives a number alone
 * @param heads of a reward model with several, in their order; none of one with a single head
 * @param progress share of the preparation that is done, 0 to 1
 * @param metrics what training measured, for example {@code validationAccuracy}, {@code trainingLoss}
 * @param curve what was measured during training, the earliest first; it grows while the training goes on
 * @param failure why it failed, and what to do
 * @param namespace of the team that it belongs to; {@code shared} for all
 * @param conditions what makes it doubtful though it can be used, such as few pairs or an accuracy at chance
 */
public record RewardModelResource(
        String name,
        String version,
        State state,
        @Nullable String digest,
        @Nullable String path,
        @Nullable Integer maxTokens,
        List<String> labels,
        List<Head> heads,
        double progress,
        Map<String, Double> metrics,
        List<CurvePoint> curve,
        @Nullable String failure,
        List<Condition> conditions,
        RewardModelRegistration.Source source,
        Instant createdAt,
        String namespace) {

    public RewardModelResource {
        // An older reward service tells none.
        namespace = namespace == null ? "shared" : namespace;
        labels = labels == null ? List.of() : List.copyOf(labels);
        heads = heads == null ? List.of() : List.copyOf(heads);
        curve = curve == null ? List.of() : List.copyOf(curve);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }

    /**
     * @param type which of the known doubts, for example {@code contradicting-pairs}
     * @param message the numbers behind it, and what to do
     */
    public record Condition(String type, String message) {}

    /**
     * A head of a reward model with several.
     *
     * @param name among the heads
     * @param classes of a head that classifies, from the least to the most, with what is stored of each; none of a head
     *     that gives a mean and a deviation
     * @param population over which answers what is stored of the classes was taken; absent of a head without classes
     */
    public record Head(
            String name, List<HeadClass> classes, @Nullable Population population) {

        public Head {
            classes = classes == null ? List.of() : List.copyOf(classes);
        }
    }

    /**
     * @param mean of the class's probability over the population
     * @param std its standard deviation over the same
     */
    public record HeadClass(String label, double mean, double std) {}

    /**
     * One measurement during training.
     *
     * @param step after which it was taken, from 1
     * @param epoch of the step, from 1
     * @param learningRate of the step
     * @param trainingLoss mean since the measurement before, while the weights moved
     * @param trainingAccuracy likewise; absent of a loss that has none
     * @param validationLoss absent where nothing is held out
     * @param validationAccuracy likewise
     */
    public record CurvePoint(
            int step,
            int epoch,
            double learningRate,
            double trainingLoss,
            @Nullable Double trainingAccuracy,
            @Nullable Double validationLoss,
            @Nullable Double validationAccuracy) {}

    public enum State {
        @JsonProperty("preparing")
        PREPARING,
        @JsonProperty("ready")
        READY,
        @JsonProperty("failed")
        FAILED
    }
}
