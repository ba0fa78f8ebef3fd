package dev.tribunal.languagemodel;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Low-rank adaptation (Hu et al., arXiv 2106.09685, section 4.1): a linear map's weights {@code W [out, in]} stay as
 * they are, and two small matrices beside them, {@code A [rank, in]} and {@code B [out, rank]}, are trained:
 *
 * <pre>y = x W^T + alpha / rank * x A^T B^T</pre>
 *
 * @param rank at least 1
 * @param alpha positive
 * @param targets the adapted maps, in every layer; at least one
 */
public record Lora(int rank, double alpha, Set<LoraTarget> targets) {

    /** What PEFT calls {@code all-linear}. */
    public static final Set<LoraTarget> ALL_LINEAR = Collections.unmodifiableSet(EnumSet.allOf(LoraTarget.class));

    public Lora {
        if (rank < 1) {
            throw new IllegalArgumentException("rank is " + rank + ", but must be at least 1");
        }
        if (!(alpha > 0 && Double.isFinite(alpha))) {
            throw new IllegalArgumentException("alpha is " + alpha + ", but must be positive");
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("an adapter needs at least one target module");
        }
        targets = Collections.unmodifiableSet(EnumSet.copyOf(targets));
    }

    /**
     * @param modules as PEFT's {@code target_modules} name them
     * @throws java.util.NoSuchElementException if no layer has such a map
     */
    public static Lora of(int rank, double alpha, Collection<String> modules) {
        return new Lora(
                rank,
                alpha,
                modules.stream()
                        .map(module -> LoraTarget.of(module).orElseThrow())
                        .collect(Collectors.toSet()));
    }

    /** What the product of the two matrices is multiplied by. */
    public double scaling() {
        return alpha / rank;
    }
}
