package dev.tribunal.methods.rewardmodel;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The classifying reward model of MOSLIM (arXiv 2505.20336): a head for each dimension of preference, each over its own
 * classes of intensity. The loss of an answer is the sum of its heads' cross-entropies; a dimension that its labels leave
 * out adds nothing.
 *
 * <pre>loss = sum over heads h of -log softmax(z_h)[label_h]</pre>
 *
 * @param heads the dimensions, 1 to 32
 * @param statistics over which answers mean and standard deviation of each class's probability are taken, which {@code
 *     class-target} standardises with; the paper does not say which; default {@code validation}
 */
public record Moslim(
        @Size(min = 1, max = 32) List<ClassHead> heads,
        @Default("validation") Population statistics) implements RewardModelLoss, Checked {

    public Moslim {
        heads = List.copyOf(heads);
    }

    @Override
    public boolean ofPairs() {
        return false;
    }

    /** The logits of all heads, one head after the other. */
    public int logits() {
        return heads.stream().mapToInt(head -> head.classes().size()).sum();
    }

    @Override
    public void check(Findings findings) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < heads.size(); i++) {
            String pointer = "/heads/" + i + "/name";
            if (findings.sound(pointer) && !names.add(heads.get(i).name())) {
                findings.mistake(
                        pointer, "is '" + heads.get(i).name() + "' like an earlier one; give each its own name");
            }
        }
    }

    /**
     * @param name of the dimension, as rows' {@code labels} have it
     * @param classes of intensity, from the least to the most: the score is the expected index; 2 to 64
     */
    public record ClassHead(
            @Pattern(
                    regexp = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}",
                    message = "must have 1 to 63 letters, digits, dots, dashes or underscores")
            String name,

            @Size(min = 2, max = 64) List<@NotBlank @Size(max = 100) String> classes)
            implements Checked {

        public ClassHead {
            classes = List.copyOf(classes);
        }

        @Override
        public void check(Findings findings) {
            if (findings.sound("/classes") && new HashSet<>(classes).size() < classes.size()) {
                findings.mistake("/classes", "name a class twice");
            }
        }
    }

    /** Answers that statistics are of. */
    public enum Population {
        /** Those that it learned from. */
        @JsonProperty("training")
        TRAINING,
        /** Those that were held out. */
        @JsonProperty("validation")
        VALIDATION
    }
}
