package dev.tribunal.methods.reward;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A task's transforms, in order: scores by reward model in, one reward out. It is the only way from scores to rewards,
 * in training, in evaluation and where a person tries a method.
 *
 * @param transforms eq. 5 alone by default
 */
public record RewardChain(List<RewardTransform> transforms) {

    public static final RewardChain DEFAULT = new RewardChain(List.of(new Calibrated()));

    public RewardChain {
        transforms = List.copyOf(transforms);
    }

    /** For the completions of one prompt: {@link RewardTransform#askedBy}. */
    public RewardChain askedBy(Function<String, @Nullable String> prompt) {
        return new RewardChain(
                transforms.stream().map(transform -> transform.askedBy(prompt)).toList());
    }

    /**
     * A completion of a minibatch.
     *
     * @param scores as {@link #reward} takes them
     * @param ofBaselineCompletion likewise
     * @param logRatio likewise
     */
    public record Completion(
            Map<String, ScoreValue> scores, Map<String, ScoreValue> ofBaselineCompletion, double logRatio) {}

    /** Whether a reward depends on the other completions of the minibatch. */
    public boolean looksAtBatch() {
        return transforms.stream().anyMatch(RewardTransform::looksAtBatch);
    }

    /**
     * For the completions of one minibatch: {@link RewardTransform#within}.
     *
     * @param chains of a task, one a prompt
     * @param completions of each prompt, those that have scores
     */
    public static List<RewardChain> within(List<RewardChain> chains, List<List<Completion>> completions) {
        List<RewardChain> within = new ArrayList<>(chains);
        int transforms =
                chains.stream().mapToInt(chain -> chain.transforms.size()).min().orElse(0);
        for (int t = 0; t < transforms; t++) {
            List<Map<String, ScoreValue>> batch = new ArrayList<>();
            for (int i = 0; i < within.size(); i++) {
                RewardChain before = new RewardChain(within.get(i).transforms.subList(0, t));
                completions.get(i).forEach(completion -> batch.add(before.values(completion)));
            }
            for (int i = 0; i < within.size() && !batch.isEmpty(); i++) {
                List<RewardTransform> known = new ArrayList<>(within.get(i).transforms);
                known.set(t, known.get(t).within(batch));
                within.set(i, new RewardChain(known));
            }
        }
        return within;
    }

    private Map<String, ScoreValue> values(Completion completion) {
        Map<String, ScoreValue> values = completion.scores();
        Map<String, ScoreValue> ofBaseline = needsBaselineCompletion() ? completion.ofBaselineCompletion() : Map.of();
        for (RewardTransform transform : transforms) {
            values = transform.apply(values, ofBaseline, completion.logRatio());
            ofBaseline = ofBaseline.isEmpty() ? ofBaseline : transform.apply(ofBaseline, ofBaseline, 0);
        }
        return values;
    }

    /**
     * What each reward model's score is worth by itself, by reward model: as it is before a transform makes one number of
     * them.
     *
     * @return empty where {@link #reward} has none
     */
    public Map<String, Double> objectives(
            Map<String, ScoreValue> scores, Map<String, ScoreValue> baseline, double logRatio) {
        if (scores.isEmpty() || (needsBaselineCompletion() && baseline.isEmpty())) {
            return Map.of();
        }
        int each = 0;
        Completion completion = new Completion(scores, baseline, logRatio);
        Map<String, ScoreValue> values = scores;
        for (int t = 1; t <= transforms.size() && each == t - 1; t++) {
            Map<String, ScoreValue> next = new RewardChain(transforms.subList(0, t)).values(completion);
            if (next.keySet().equals(scores.keySet())) {
                values = next;
                each = t;
            }
        }
        Map<String, Double> objectives = new LinkedHashMap<>();
        values.forEach((model, value) -> objectives.put(model, value.value()));
        return objectives;
    }

    /**
     * @param scores of the completion, raw, by reward model; empty if one of them gave none
     * @param baseline of the baseline completion, by the same versions of the same reward models; empty if there is none
     * @param logRatio log pi(a|s) - log pi_ref(a|s), nats; NaN without a reference
     * @return absent where scores are that it takes
     * @throws IllegalArgumentException if more than one value is left at the end
     */
    public @Nullable Double reward(Map<String, ScoreValue> scores, Map<String, ScoreValue> baseline, double logRatio) {
        if (scores.isEmpty() || (needsBaselineCompletion() && baseline.isEmpty())) {
            return null;
        }
        Map<String, ScoreValue> values = values(new Completion(scores, baseline, logRatio));
        if (values.size() != 1) {
            throw new IllegalArgumentException(severalLeft(values.keySet()));
        }
        return values.values().iterator().next().value();
    }

    /**
     * The calibrated reward (CGPO, eq. 5) of one reward model's score, or what a chain that calibrates makes of several.
     *
     * @return absent where scores are that it takes, and of several that are never calibrated
     */
    public @Nullable Double calibratedReward(
            Map<String, ScoreValue> scores, Map<String, ScoreValue> baseline, double logRatio) {
        if (scores.isEmpty() || baseline.isEmpty()) {
            return null;
        }
        if (scores.size() == 1) {
            return DEFAULT.reward(scores, baseline, logRatio);
        }
        return needsBaselineCompletion() ? reward(scores, baseline, logRatio) : null;
    }

    /**
     * What a group's completions are ranked by: the raw score of one reward model whose order the transforms keep, else the
     * reward; NaN if there is none.
     */
    public double rank(Map<String, ScoreValue> scores, Map<String, ScoreValue> baseline, double logRatio) {
        if (scores.size() == 1 && transforms.stream().allMatch(RewardTransform::keepsOrder)) {
            return scores.values().iterator().next().value();
        }
        return Objects.requireNonNullElse(reward(scores, baseline, logRatio), Double.NaN);
    }

    public boolean needsBaselineCompletion() {
        return transforms.stream().anyMatch(RewardTransform::needsBaselineCompletion);
    }

    public boolean needsReference() {
        return transforms.stream().anyMatch(RewardTransform::needsReference);
    }

    /** Whether every reward is within [0, 1]. */
    public boolean isWithinUnit() {
        boolean within = false;
        for (RewardTransform transform : transforms) {
            within = transform.isWithinUnit(within);
        }
        return within;
    }

    /** Why no reward can be made of a reward model's raw score, though it gave one; absent if one can. */
    public @Nullable String lackOf(String model, ScoreValue score) {
        return transforms.stream()
                .map(transform -> transform.lackOf(model, score))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /**
     * What keeps the chain from making one reward of the scores of these reward models.
     *
     * @param transform its index; the number of transforms if what is wrong is that none makes one number of several
     */
    public record Misfit(int transform, String why) {}

    /** Tried on scores that have all that reward models may give, as if every prompt asked for a class. */
    public Optional<Misfit> misfit(SequencedSet<String> models) {
        return askedBy(field -> field).misfitAsAsked(models);
    }

    private Optional<Misfit> misfitAsAsked(SequencedSet<String> models) {
        Map<String, ScoreValue> values = new LinkedHashMap<>();
        models.forEach(model -> values.put(model, answering(model)));
        Map<String, ScoreValue> made = values;
        for (int i = 0; i < transforms.size(); i++) {
            try {
                made = transforms.get(i).apply(made, made, 0);
            } catch (IllegalArgumentException wrong) {
                return Optional.of(new Misfit(i, String.valueOf(wrong.getMessage())));
            }
        }
        return made.size() == 1
                ? Optional.empty()
                : Optional.of(new Misfit(transforms.size(), severalLeft(made.keySet())));
    }

    /** A score that has what any transform may ask of the reward model. */
    private ScoreValue answering(String model) {
        Map<String, Double> labels = new TreeMap<>();
        List<HeadScore> heads = new ArrayList<>();
        for (RewardTransform transform : transforms) {
            if (transform instanceof ClassTarget target) {
                ScoreValue answer = target.answering(model);
                labels.putAll(answer.classes());
                heads.addAll(answer.heads());
            }
        }
        return new ScoreValue(0, 1.0, labels, heads);
    }

    private static String severalLeft(Set<String> left) {
        return "a reward is one number, but the transforms leave those of " + String.join(", ", left)
                + "; add {type: weighted-sum, weights: {"
                + left.stream()
                        .map(model -> model + ": " + String.format(Locale.ROOT, "%.3g", 1.0 / left.size()))
                        .collect(Collectors.joining(", "))
                + "}}, or robust";
    }
}
