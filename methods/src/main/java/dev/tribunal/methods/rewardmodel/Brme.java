package dev.tribunal.methods.rewardmodel;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Default;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Bayesian reward model ensemble of BRME (arXiv 2409.15360): heads on one backbone, each of which gives a reward's
 * mean mu and standard deviation sigma. In stage 1 an ordinary reward model r* is trained by maximum likelihood on pairs;
 * in stage 2 the heads learn r* of each completion by the squared error of a reward that is drawn from them:
 *
 * <pre>
 * sigma = softplus(s) = log(1 + exp(s)),   s the head's second output
 * loss  = (mu + sigma eps - r*)^2,   eps ~ N(0, 1)                            (fit: mse)
 * loss  = log sigma + (mu - r*)^2 / (2 sigma^2)                               (fit: likelihood)
 * </pre>
 *
 * <p>With {@code mse} sigma shrinks where the head has learned, so that it is small near the training data; with {@code
 * likelihood} it becomes the size of the head's own errors. That stage 2's target is the reward of stage 1 and that it draws
 * is not confirmed by the paper's text. Heads start from different random numbers and see the completions in different
 * orders: copies of one head would say nothing.
 *
 * @param heads default 5
 * @param stage1 the loss of stage 1; default Bradley and Terry's
 * @param fit what the heads minimise; default {@code mse}
 * @param headEpochs passes of each head over the completions in stage 2; default 1
 * @param headLearningRate of stage 2; default that of the training
 * @param headBatchSize completions of a step, of each head; default 32
 */
public record Brme(
        @Default("5") @Min(1) @Max(64) int heads,
        @Default("{}") BradleyTerry stage1,
        @Default("mse") Fit fit,
        @Default("1") @Min(1) @Max(1000) int headEpochs,
        @Positive @Max(1) @Nullable Double headLearningRate,
        @Default("32") @Min(1) @Max(4096) int headBatchSize)
        implements RewardModelLoss {

    @Override
    public boolean ofPairs() {
        return true;
    }

    /** What the heads minimise. */
    public enum Fit {
        @JsonProperty("mse")
        MSE,
        @JsonProperty("likelihood")
        LIKELIHOOD
    }

    /** sigma of a head's second output: softplus, written so that neither sign overflows. */
    public static double deviation(double output) {
        return Math.max(output, 0) + Math.log1p(Math.exp(-Math.abs(output)));
    }

    /**
     * Of one head and completion.
     *
     * @param loss at what the head says
     * @param mean dloss/dmu
     * @param output dloss/ds
     */
    public record Value(double loss, double mean, double output) {}

    /**
     * @param mean mu
     * @param output s
     * @param target r*
     * @param eps drawn from the standard normal distribution; not looked at by {@code likelihood}
     */
    public Value of(double mean, double output, double target, double eps) {
        double sigma = deviation(output);
        double slopeOfDeviation = 1 / (1 + Math.exp(-output));
        return switch (fit) {
            case MSE -> {
                double residual = mean + sigma * eps - target;
                yield new Value(residual * residual, 2 * residual, 2 * residual * eps * slopeOfDeviation);
            }
            case LIKELIHOOD -> {
                double residual = mean - target;
                double variance = sigma * sigma;
                yield new Value(
                        Math.log(sigma) + residual * residual / (2 * variance),
                        residual / variance,
                        (1 / sigma - residual * residual / (variance * sigma)) * slopeOfDeviation);
            }
        };
    }

    /** The index of the head that is surest, the first of several that are equally so. */
    public static int surest(List<Double> deviations) {
        int surest = 0;
        for (int i = 1; i < deviations.size(); i++) {
            if (deviations.get(i) < deviations.get(surest)) {
                surest = i;
            }
        }
        return surest;
    }
}
