package dev.tribunal.languagemodel;

import dev.tribunal.languagemodel.sampling.SamplingOptions;
import org.jspecify.annotations.Nullable;

/**
 * What a forward pass is to give for each token of a completion beside its log-probability. What is not wanted costs
 * nothing.
 *
 * @param temperature the logits are divided by it, those of {@code klFrom} too: everything is of the distribution that
 *     tokens are drawn from at this temperature. Positive
 * @param entropy whether to give the entropy of that distribution
 * @param klFrom the model {@code ref} of KL(ref || this), forward KL over the whole vocabulary, or null. It has the
 *     same vocabulary and precision, and may be this model {@linkplain LanguageModel#withoutAdapter without its
 *     adapter}. It must neither change nor be closed before the backward pass
 */
public record Wanted(
        double temperature, boolean entropy, @Nullable LanguageModel klFrom) {

    /** Log-probabilities at temperature 1, and nothing else. */
    public static final Wanted LOG_PROBS = new Wanted(1, false, null);

    public Wanted {
        if (!(temperature > 0 && temperature <= SamplingOptions.HOTTEST)) {
            throw new IllegalArgumentException(
                    "temperature is " + temperature + ", but must lie in (0, " + SamplingOptions.HOTTEST + "]");
        }
    }

    /** Log-probabilities at this temperature, and nothing else. */
    public static Wanted at(double temperature) {
        return new Wanted(temperature, false, null);
    }

    public Wanted withEntropy() {
        return new Wanted(temperature, true, klFrom);
    }

    public Wanted withKlFrom(LanguageModel reference) {
        return new Wanted(temperature, entropy, reference);
    }
}
