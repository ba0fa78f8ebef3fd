package dev.tribunal.contracts.runs.v1.generation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a prompt's completion is found: by sampling one, or several of which one is taken (Bag of Tricks, arXiv 2502.07191).
 * One more line below makes another one known to the API, its schema and the command line.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = GenerationStrategy.Sample.class, name = "sample"),
    @JsonSubTypes.Type(value = GenerationStrategy.BestOfN.class, name = "best-of-n"),
    @JsonSubTypes.Type(value = GenerationStrategy.Majority.class, name = "majority"),
    @JsonSubTypes.Type(value = GenerationStrategy.WeightedVote.class, name = "weighted-vote"),
    @JsonSubTypes.Type(value = GenerationStrategy.FirstFeasible.class, name = "first-feasible"),
    @JsonSubTypes.Type(value = GenerationStrategy.StepBeam.class, name = "step-beam"),
    @JsonSubTypes.Type(value = GenerationStrategy.SelfRefine.class, name = "self-refine")
})
public sealed interface GenerationStrategy {

    /** The most completions of one prompt. */
    int MAX_N = 256;

    /** As a request writes it. */
    default String name() {
        return Arrays.stream(GenerationStrategy.class
                        .getAnnotation(JsonSubTypes.class)
                        .value())
                .filter(known -> known.value() == getClass())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(getClass() + " is not among the subtypes"))
                .name();
    }

    /** Whether it chooses by the scores of a reward model. */
    default boolean needsRewardModel() {
        return false;
    }

    /** Whether it chooses by the verdicts of judges. */
    default boolean needsJudges() {
        return false;
    }

    /** Whether it compares completions of the same prompt, which at temperature 0 are all the same. */
    default boolean comparesCompletions() {
        return true;
    }

    /**
     * What it needs of a request and does not find there: by pointer, what to say.
     *
     * @param rewardModel whether there is one
     * @param judges whether there are any
     */
    default Map<String, String> lacks(boolean rewardModel, boolean judges, double temperature) {
        Map<String, String> lacks = new LinkedHashMap<>();
        if (needsRewardModel() && !rewardModel) {
            lacks.put("/rewardModel", "is missing: " + name() + " chooses by its scores");
        }
        if (needsJudges() && !judges) {
            lacks.put("/judges", "are missing: " + name() + " chooses by their verdicts");
        }
        if (comparesCompletions() && temperature == 0) {
            lacks.put(
                    "/policy/temperature",
                    "is 0: the completions that " + name() + " compares would all be the same; must be more than 0");
        }
        return lacks;
    }

    /** The most sequences of a prompt that are sampled at the same time. */
    int width();

    /**
     * The most tokens that it samples of a prompt where nothing else limits it.
     *
     * @param maxNewTokens of one completion
     */
    long mostTokens(int maxNewTokens);

    /** One completion, as it is sampled. */
    record Sample() implements GenerationStrategy {

        @Override
        public boolean comparesCompletions() {
            return false;
        }

        @Override
        public int width() {
            return 1;
        }

        @Override
        public long mostTokens(int maxNewTokens) {
            return maxNewTokens;
        }
    }

    /**
     * The completion with the highest score. It moves away from the policy by at most log n - (n-1)/n nats.
     *
     * @param n completions to sample, 1 to 256; default 4
     * @param feasible whether a completion that the judges find feasible goes before all others, as in RAFT; default
     *     false: scores alone decide
     */
    record BestOfN(
            @Min(1) @Max(MAX_N) @Default("4") int n,
            @Default("false") boolean feasible) implements GenerationStrategy {

        @Override
        public boolean needsRewardModel() {
            return true;
        }

        @Override
        public boolean needsJudges() {
            return feasible;
        }

        @Override
        public boolean comparesCompletions() {
            return n > 1;
        }

        @Override
        public int width() {
            return n;
        }

        @Override
        public long mostTokens(int maxNewTokens) {
            return (long) n * maxNewTokens;
        }
    }

    /**
     * The first completion with the most frequent answer (self-consistency, arXiv 2203.11171). Completions without an
     * answer do not vote.
     *
     * @param n completions to sample, 1 to 256; default 8
     * @param answer what of a completion is its answer; default {@code math}
     */
    record Majority(
            @Min(1) @Max(MAX_N) @Default("8") int n,
            @Default("math") AnswerForm answer) implements GenerationStrategy {

        @Override
        public boolean comparesCompletions() {
            return n > 1;
        }

        @Override
        public int width() {
            return n;
        }

        @Override
        public long mostTokens(int maxNewTokens) {
            return (long) n * maxNewTokens;
        }
    }

    /**
     * The completion with the highest score of the answer with the largest sum of weights, which are scores brought to
     * [floor, 1]. Completions without an answer or without a score do not vote.
     *
     * @param n completions to sample, 1 to 256; default 8
     * @param answer what of a completion is its answer; default {@code math}
     * @param floor the weight of the completion with the lowest score, 0 to 1; default 0.1. At 0 that completion never
     *     counts, at 1 all count alike, as in a majority
     */
    record WeightedVote(
            @Min(1) @Max(MAX_N) @Default("8") int n,
            @Default("math") AnswerForm answer,
            @PositiveOrZero @Max(1) @Default("0.1") double floor)
            implements GenerationStrategy {

        @Override
        public boolean needsRewardModel() {
            return true;
        }

        @Override
        public boolean comparesCompletions() {
            return n > 1;
        }

        @Override
        public int width() {
            return n;
        }

        @Override
        public long mostTokens(int maxNewTokens) {
            return (long) n * maxNewTokens;
        }
    }

    /**
     * Completions are sampled one after the other until every judge is satisfied: judges as verifiers. If none of them
     * is feasible, the first that no judge found violated is taken, else the first.
     *
     * @param n the most completions to sample, 1 to 256; default 4
     */
    record FirstFeasible(@Min(1) @Max(MAX_N) @Default("4") int n) implements GenerationStrategy {

        @Override
        public boolean needsJudges() {
            return true;
        }

        @Override
        public boolean comparesCompletions() {
            return n > 1;
        }

        @Override
        public int width() {
            return 1;
        }

        @Override
        public long mostTokens(int maxNewTokens) {
            return (long) n * maxNewTokens;
        }
    }

    /**
     * Completions grow step by step: each of the beams is continued several times by one step, the reward model scores
     * what has been written so far, and the best are kept.
     *
     * @param beams kept after each step, 1 to 64; default 2
     * @param expansions continuations of each beam, 1 to 64; default 4
     * @param step the text that ends a step; default a line break
     * @param stepTokens the most tokens of a step, 1 to 4096; default 32
     * @param value what beams are compared by; default {@code last}
     */
    record StepBeam(
            @Min(1) @Max(64) @Default("2") int beams,
            @Min(1) @Max(64) @Default("4") int expansions,

            @Size(min = 1, max = 100) @Default("\"\\n\"") String step,
            @Min(1) @Max(4096) @Default("32") int stepTokens,
            @Default("last") BeamValue value)
            implements GenerationStrategy, Checked {

        @Override
        public void check(Findings findings) {
            if (findings.sound("/beams") && findings.sound("/expansions") && beams * expansions > MAX_N) {
                findings.mistake(
                        "/expansions",
                        "is " + expansions + " with " + beams + " beams: " + beams * expansions
                                + " sequences at the same time, may be " + MAX_N + "; lower one of them");
            }
        }

        @Override
        public boolean needsRewardModel() {
            return true;
        }

        @Override
        public boolean comparesCompletions() {
            return expansions > 1;
        }

        @Override
        public int width() {
            return beams * expansions;
        }

        @Override
        public long mostTokens(int maxNewTokens) {
            return (long) beams * expansions * maxNewTokens;
        }
    }

    /**
     * The policy is told what the judges find wrong with its completion, and answers again, until every judge is
     * satisfied (Self-Refine, arXiv 2303.17651, with judges in the place of the policy's own feedback). An undecided
     * verdict ends it, for there is nothing to tell.
     *
     * @param rounds the most completions, the first counted, 1 to 32; default 4
     * @param feedback what the policy is told after its completion; <code>{reasons}</code> stands for the judges' reasons
     */
    record SelfRefine(
            @Min(1) @Max(32) @Default("4") int rounds,

            @Size(min = 1, max = 4096) @Default("That is not good enough: {reasons}. Answer again, and do it better.")
            String feedback)
            implements GenerationStrategy {

        @Override
        public boolean needsJudges() {
            return true;
        }

        @Override
        public boolean comparesCompletions() {
            return false;
        }

        @Override
        public int width() {
            return 1;
        }

        @Override
        public long mostTokens(int maxNewTokens) {
            return (long) rounds * maxNewTokens;
        }
    }

    /** What of a completion is its answer. */
    enum AnswerForm {
        /** What the judge {@code math-answer} compares: a box, "the answer is", or else the last number or formula. */
        @JsonProperty("math")
        MATH,
        /** The whole text. */
        @JsonProperty("text")
        TEXT
    }

    /** What beams are compared by. */
    enum BeamValue {
        /** The score after the last step. */
        @JsonProperty("last")
        LAST,
        /** The highest score after any step so far. */
        @JsonProperty("best")
        BEST
    }
}
