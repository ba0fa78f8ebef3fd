package dev.tribunal.methods.reward;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Positive;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The mapping of classes to rewards of MOSLIM (arXiv 2505.20336), for reward models that classify: a reward model's value
 * becomes the mean over its k heads of the probability of the class that is asked for, standardised with stored statistics:
 *
 * <pre>(1/k) sum over heads h of mask_h (p_h(label) - mean) / std</pre>
 *
 * <p>mask_h is 0 where no class is asked of the head: no target names it, or the prompt's line does not. Reward models
 * without a target keep their value.
 *
 * @param targets by reward model, {@code MODEL}, or by head, {@code MODEL/HEAD}, of one with several
 * @param average over which heads of a reward model the mean is; default {@code heads}, the paper's 1/k
 */
public record ClassTarget(
        @NotEmpty Map<String, Target> targets,
        @Default("heads") Average average) implements RewardTransform {

    private static final char OF_HEAD = '/';

    public ClassTarget {
        targets = Map.copyOf(targets);
    }

    /** The paper's mean. */
    public ClassTarget(Map<String, Target> targets) {
        this(targets, Average.HEADS);
    }

    /** What a reward model's sum over heads is divided by. */
    public enum Average {
        /** All its heads, whatever is asked. */
        @JsonProperty("heads")
        HEADS,
        /** The heads of which a class is asked; where there is none the value is 0. */
        @JsonProperty("asked")
        ASKED
    }

    /**
     * @param label of the class that is asked for, as the reward model names it; the same for all prompts
     * @param field in place of {@code label}: the field of the prompt's line with the label, a dot for each level; where a
     *     line has none, nothing is asked of the head
     * @param mean of its probability over some population; default what is stored with the reward model for this class, or
     *     else 0
     * @param std its standard deviation over the same population; default what is stored, or else 1, which leaves the
     *     probability as it is
     */
    public record Target(
            @Nullable String label,
            @Nullable String field,

            @Min(-1_000_000_000) @Max(1_000_000_000) @Nullable
            Double mean,

            @Positive @Max(1_000_000_000) @Nullable Double std)
            implements Checked {

        @Override
        public void check(Findings findings) {
            if (label == null && field == null && findings.sound("/label") && findings.sound("/field")) {
                findings.mistake("/label", "is missing: name the class, or the field of the prompt that does");
            }
            if (label != null && field != null) {
                findings.mistake("/field", "stands beside label; remove one of them");
            }
        }

        private Target askedBy(Function<String, @Nullable String> prompt) {
            return field == null ? this : new Target(prompt.apply(field), null, mean, std);
        }

        /** What is given goes before what is stored; of the two numbers both or none are of the same population. */
        private double standardised(HeadScore head, String asked) {
            double probability = Each.require(head.classes(), asked, "probability");
            Double stored = head.standardised().get(asked);
            if (mean == null && std == null && stored != null) {
                return stored;
            }
            return (probability - (mean == null ? 0 : mean)) / (std == null ? 1 : std);
        }
    }

    @Override
    public RewardTransform askedBy(Function<String, @Nullable String> prompt) {
        Map<String, Target> asked = new TreeMap<>();
        targets.forEach((model, target) -> asked.put(model, target.askedBy(prompt)));
        return new ClassTarget(asked, average);
    }

    private static String modelOf(String target) {
        int end = target.indexOf(OF_HEAD);
        return end < 0 ? target : target.substring(0, end);
    }

    /** By the head's name; of a target of the reward model itself an empty one. */
    private SortedMap<String, Target> of(String model) {
        SortedMap<String, Target> ofModel = new TreeMap<>();
        targets.forEach((name, target) -> {
            if (modelOf(name).equals(model)) {
                ofModel.put(name.equals(model) ? "" : name.substring(model.length() + 1), target);
            }
        });
        return ofModel;
    }

    @Override
    public Map<String, ScoreValue> apply(
            Map<String, ScoreValue> values, Map<String, ScoreValue> baseline, double logRatio) {
        new TreeSet<>(targets.keySet()).forEach(target -> Each.require(values, modelOf(target), "score"));
        return Each.of(values, (model, value) -> {
            SortedMap<String, Target> asked = of(model);
            if (asked.isEmpty()) {
                return value;
            }
            String lack = lackOf(model, value);
            if (lack != null) {
                throw new IllegalArgumentException("'" + model + "' " + lack);
            }
            double sum = 0;
            int active = 0;
            for (Map.Entry<String, Target> each : asked.entrySet()) {
                String label = each.getValue().label();
                if (label != null) {
                    sum += each.getValue().standardised(Objects.requireNonNull(head(value, each.getKey())), label);
                    active++;
                }
            }
            int over = average == Average.HEADS ? Math.max(1, value.heads().size()) : active;
            return ScoreValue.of(over == 0 ? 0 : sum / over);
        });
    }

    /** The head of a name, or the only one of an empty name; absent if there is none. */
    private static @Nullable HeadScore head(ScoreValue score, String name) {
        List<HeadScore> heads = score.heads();
        if (name.isEmpty()) {
            return heads.isEmpty()
                    ? new HeadScore("", score.value(), score.deviation(), score.classes(), Map.of())
                    : heads.size() == 1 ? heads.getFirst() : null;
        }
        return heads.stream()
                .filter(head -> head.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Override
    public @Nullable String lackOf(String model, ScoreValue score) {
        SortedMap<String, Target> asked = of(model);
        if (asked.size() > 1 && asked.containsKey("")) {
            return "is asked for a class itself, and its heads are; write MODEL/HEAD for each";
        }
        for (Map.Entry<String, Target> each : asked.entrySet()) {
            String lack = lackOf(each.getKey(), each.getValue(), score);
            if (lack != null) {
                return lack;
            }
        }
        return null;
    }

    private static @Nullable String lackOf(String name, Target target, ScoreValue score) {
        if (target.field() != null) {
            return "is asked for the class that the prompt's field '" + target.field()
                    + "' names, but there is no prompt; write label in its place";
        }
        HeadScore head = head(score, name);
        if (head == null) {
            String heads = score.heads().stream().map(HeadScore::name).collect(Collectors.joining(", "));
            return name.isEmpty()
                    ? "has several heads; write MODEL/HEAD, with one of " + heads
                    : "has no head '" + name + "'" + (heads.isEmpty() ? "" : ", only " + heads);
        }
        if (target.label() == null || head.classes().containsKey(target.label())) {
            return null;
        }
        return head.classes().isEmpty()
                ? "has no classes, which 'class-target' needs; let it be the first of the transforms, and take a reward"
                        + " model that classifies"
                : "has no class '" + target.label() + "', only "
                        + new TreeSet<>(head.classes().keySet());
    }

    /** A score with all that is asked for here, given targets with labels. */
    ScoreValue answering(String model) {
        Map<String, Double> classes = new TreeMap<>();
        List<HeadScore> heads = new ArrayList<>();
        of(model).forEach((name, target) -> {
            String label = Objects.requireNonNull(target.label());
            if (name.isEmpty()) {
                classes.put(label, 1.0);
            } else {
                heads.add(new HeadScore(name, 0, 1.0, Map.of(label, 1.0), Map.of()));
            }
        });
        return new ScoreValue(0, 1.0, classes, heads);
    }
}
