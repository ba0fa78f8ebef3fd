package dev.tribunal.contracts.runs.v1.method;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.reward.RewardTransform;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.methods.rollout.Provenance;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Groups of rollouts to try a method on. What episodes hold has the names that it has there.
 *
 * @param method its hyperparameters, as in a spec; {@code type} may be left out
 * @param rewards what makes a reward of a rollout's scores, as in a spec; default eq. 5 where the group's baseline
 *     completion has scores or the method needs calibration, else nothing, which leaves the score as it is
 * @param groups one a prompt, 1 to 1000: together they are one minibatch
 */
public record MethodTrialRequest(
        @Default("{}") Map<String, Object> method,
        @Size(max = 16) @Nullable List<RewardTransform> rewards,
        @Size(min = 1, max = 1000) List<Group> groups) {

    /** The most rollouts of a group. */
    public static final int MAX_ROLLOUTS = 64;
    /** What {@code rewards} call the reward model of a {@code score}. */
    public static final String ONLY_MODEL = "score";
    /** The most tokens of a rollout. */
    public static final int MAX_TOKENS = 4096;

    /**
     * The rollouts of one prompt.
     *
     * @param prompt its index, which the answer repeats; default: the group's own
     * @param labelProbability of a pair: that the chosen completion is truly the better one; default 1
     * @param margin of a pair: by how much it is better; default 0
     * @param annotator of a pair: who labelled it; default {@code all}
     * @param rollouts 1 to 64
     */
    public record Group(
            @PositiveOrZero @Nullable Integer prompt,
            @Min(0) @Max(1) @Nullable Double labelProbability,

            @Min(-1_000_000_000) @Max(1_000_000_000) @Nullable
            Double margin,

            @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME) @Default(PairLabel.ONLY_ANNOTATOR)
            String annotator,

            @Size(min = 1, max = MAX_ROLLOUTS) List<Rollout> rollouts) {

        /** What is said of a pair beside which completion is chosen. */
        public PairLabel label() {
            return new PairLabel(labelProbability, margin, annotator);
        }
    }

    /**
     * A rollout.
     *
     * @param sample its index in the group, which the answer repeats; default: its place
     * @param score raw score r; absent where there is none
     * @param scores raw scores by reward model, in place of {@code score}
     * @param calibratedReward its reward; default: what {@code rewards} make of its scores
     * @param feasible whether every constraint is satisfied; absent while undecided, and then it leaves the batch. Given
     *     completions are feasible by default
     * @param logProbs of each token, nats, under the policy that sampled, 1 to 4096; only a baseline completion may leave
     *     them out, and then has one token, of log-probability 0 under the reference too
     * @param referenceLogProbs likewise under the reference
     * @param currentLogProbs likewise under the policy in training, where it has moved; default {@code logProbs}
     * @param tokenKl at each token, the KL from the reference to the policy over the vocabulary, nats
     * @param entropy of the policy at each token, nats
     * @param values of each critic, a value for each token
     * @param finishReason default {@code stop}
     * @param role where it comes from; by default the policy sampled it
     */
    public record Rollout(
            @PositiveOrZero @Nullable Integer sample,

            @Min(-1_000_000_000) @Max(1_000_000_000) @Nullable
            Double score,

            @Default("{}") @Size(max = RunSpec.MAX_REWARD_MODELS)
            Map<String, ScoreValue> scores,

            @Min(-1_000_000_000) @Max(1_000_000_000) @Nullable
            Double calibratedReward,

            @Nullable Boolean feasible,
            @Default("[]") @Size(max = MAX_TOKENS) List<@Min(-1_000_000_000) @Max(0) Double> logProbs,
            @Default("[]") @Size(max = MAX_TOKENS) List<@Min(-1_000_000_000) @Max(0) Double> referenceLogProbs,
            @Default("[]") @Size(max = MAX_TOKENS) List<@Min(-1_000_000_000) @Max(0) Double> currentLogProbs,
            @Default("[]") @Size(max = MAX_TOKENS) List<@PositiveOrZero @Max(1_000_000_000) Double> tokenKl,
            @Default("[]") @Size(max = MAX_TOKENS) List<@PositiveOrZero @Max(1_000_000_000) Double> entropy,
            @Default("[]") @Size(max = 8) List<@Size(max = MAX_TOKENS) List<Double>> values,
            @Default("stop") FinishReason finishReason,
            @Default("sampled") Role role)
            implements Checked {

        @Override
        public void check(Findings findings) {
            if (score != null && !scores.isEmpty() && findings.sound("/scores")) {
                findings.mistake("/scores", "stand beside score; remove one of them");
            }
            if (!findings.sound("/logProbs") || !findings.sound("/role")) {
                return;
            }
            if (logProbs.isEmpty() && role != Role.BASELINE_COMPLETION) {
                findings.mistake("/logProbs", "is missing or empty, must have one for each token");
                return;
            }
            checkLength("/referenceLogProbs", referenceLogProbs, findings);
            checkLength("/currentLogProbs", currentLogProbs, findings);
            checkLength("/tokenKl", tokenKl, findings);
            checkLength("/entropy", entropy, findings);
            for (int i = 0; i < values.size(); i++) {
                if (findings.sound("/values/" + i) && values.get(i).size() != tokens()) {
                    findings.mistake("/values/" + i, wrongLength(values.get(i)));
                }
            }
        }

        private void checkLength(String pointer, List<Double> given, Findings findings) {
            if (!given.isEmpty() && given.size() != tokens() && findings.sound(pointer)) {
                findings.mistake(pointer, wrongLength(given));
            }
        }

        private String wrongLength(List<Double> given) {
            return "has " + given.size() + " elements, must have " + tokens() + ", one for each token of logProbs";
        }

        /** By reward model, whichever way they are written. */
        public Map<String, ScoreValue> scoresByModel() {
            return score == null ? scores : Map.of(ONLY_MODEL, ScoreValue.of(score));
        }

        /** |a|. */
        public int tokens() {
            return Math.max(1, logProbs.size());
        }
    }

    /** Why a completion ends. */
    public enum FinishReason {
        @JsonProperty("stop")
        STOP,
        @JsonProperty("length")
        LENGTH
    }

    /** Where a completion comes from. */
    public enum Role {
        @JsonProperty("sampled")
        SAMPLED(Provenance.SAMPLED),
        @JsonProperty("baseline")
        BASELINE_COMPLETION(Provenance.BASELINE_COMPLETION),
        @JsonProperty("chosen")
        CHOSEN(Provenance.CHOSEN),
        @JsonProperty("rejected")
        REJECTED(Provenance.REJECTED),
        @JsonProperty("demonstration")
        DEMONSTRATION(Provenance.DEMONSTRATION);

        private final Provenance provenance;

        Role(Provenance provenance) {
            this.provenance = provenance;
        }

        public Provenance provenance() {
            return provenance;
        }
    }
}
