package dev.tribunal.methods.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Each method's token weights against its objective as the paper writes it, on a softmax policy whose log-likelihood
 * is exact: a table of logits by (prompt, previous token), vocabulary 4, completions of 2 or 3 tokens.
 */
class FiniteDifferencesTest {

    private static final int PROMPTS = 3;
    private static final int SAMPLES = 4;
    private static final int VOCABULARY = 4;
    private static final int CONTEXTS = PROMPTS * (VOCABULARY + 1);

    private final double[] logits = new double[CONTEXTS * VOCABULARY];
    private final double[] referenceLogits = new double[CONTEXTS * VOCABULARY];
    private final int[][][] completions = new int[PROMPTS][SAMPLES][];
    private final List<RatedGroup> groups = new ArrayList<>();

    @BeforeEach
    void drawAWorld() {
        Random random = new Random(20240930);
        for (int i = 0; i < logits.length; i++) {
            referenceLogits[i] = random.nextGaussian();
            logits[i] = referenceLogits[i] + 0.4 * random.nextGaussian();
        }
        for (int prompt = 0; prompt < PROMPTS; prompt++) {
            List<RatedRollout> rollouts = new ArrayList<>();
            for (int k = 0; k < SAMPLES; k++) {
                int[] completion =
                        random.ints(2 + random.nextInt(2), 0, VOCABULARY).toArray();
                completions[prompt][k] = completion;
                rollouts.add(new RatedRollout(
                        random.nextGaussian(),
                        random.nextDouble(),
                        logProb(logits, prompt, completion) - logProb(referenceLogits, prompt, completion),
                        k != 1,
                        completion.length));
            }
            groups.add(new RatedGroup(rollouts, null));
        }
    }

    @Test
    void crpgDescendsTheNegativeOfItsSurrogate() {
        double klMax = 4;
        double[] rewards = new double[PROMPTS * SAMPLES];
        double sum = 0;
        for (int i = 0; i < rewards.length; i++) {
            RatedRollout rollout = groups.get(i / SAMPLES).rollouts().get(i % SAMPLES);
            double leash = Math.max(1 - rollout.logRatio() / klMax, 0);
            rewards[i] = rollout.feasible() ? leash * rollout.calibratedReward() : 0;
            sum += rewards[i];
        }
        double mean = sum / rewards.length;
        assertGradient(new Crpg(klMax), table -> {
            double surrogate = 0;
            for (int i = 0; i < rewards.length; i++) {
                int prompt = i / SAMPLES;
                surrogate += (rewards[i] - mean) * logProb(table, prompt, completions[prompt][i % SAMPLES]);
            }
            return -surrogate / rewards.length;
        });
    }

    @Test
    void crraftDescendsTheWeightedNegativeLikelihoodOfTheBest() {
        double klMax = 0.8;
        assertGradient(new Crraft(klMax), table -> {
            double objective = 0;
            for (int prompt = 0; prompt < PROMPTS; prompt++) {
                double highest = Double.NEGATIVE_INFINITY;
                double term = 0;
                for (int k = 0; k < SAMPLES; k++) {
                    RatedRollout rollout = groups.get(prompt).rollouts().get(k);
                    if (rollout.feasible() && rollout.logRatio() <= klMax && rollout.score() > highest) {
                        highest = rollout.score();
                        term = rollout.calibratedReward() * logProb(table, prompt, completions[prompt][k]);
                    }
                }
                objective += term;
            }
            return -objective / PROMPTS;
        });
    }

    @Test
    void codpoDescendsItsLoss() {
        double beta = 0.7;
        double lambda = 1.3;
        assertGradient(new Codpo(beta, lambda), table -> {
            double objective = 0;
            for (int prompt = 0; prompt < PROMPTS; prompt++) {
                List<RatedRollout> rollouts = groups.get(prompt).rollouts();
                double highest = Double.NEGATIVE_INFINITY;
                int[] chosen = {};
                for (int k = 0; k < SAMPLES; k++) {
                    if (rollouts.get(k).feasible() && rollouts.get(k).score() > highest) {
                        highest = rollouts.get(k).score();
                        chosen = completions[prompt][k];
                    }
                }
                int[] rejected = completions[prompt][1]; // the only infeasible one
                double margin = beta * (logRatio(table, prompt, chosen) - logRatio(table, prompt, rejected));
                objective += -Math.log1p(Math.exp(-margin)) + lambda / chosen.length * logProb(table, prompt, chosen);
            }
            return -objective / PROMPTS;
        });
    }

    /** sum over tokens of (token weight * dlog pi/dlogits) must be the objective's numerical gradient. */
    private void assertGradient(PolicyOptimizer optimizer, ToDoubleFunction<double[]> loss) {
        double[] analytic = new double[logits.length];
        List<WeightedGroup> weighted = optimizer.weigh(groups);
        for (int prompt = 0; prompt < PROMPTS; prompt++) {
            for (int k = 0; k < SAMPLES; k++) {
                addGradient(
                        analytic,
                        prompt,
                        completions[prompt][k],
                        weighted.get(prompt).rollouts().get(k).tokenWeights());
            }
        }
        double step = 1e-5;
        double[] numeric = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            double[] up = logits.clone();
            double[] down = logits.clone();
            up[i] += step;
            down[i] -= step;
            numeric[i] = (loss.applyAsDouble(up) - loss.applyAsDouble(down)) / (2 * step);
        }
        assertThat(analytic).containsExactly(numeric, within(1e-9));
        assertThat(Arrays.stream(analytic).map(Math::abs).max().orElseThrow())
                .as("the test can fail")
                .isGreaterThan(1e-3);
    }

    /** dlog pi(token)/dlogit(v) = [v is the token] - pi(v). */
    private void addGradient(double[] gradient, int prompt, int[] completion, double[] tokenWeights) {
        for (int t = 0; t < completion.length; t++) {
            int row = row(prompt, completion, t);
            for (int v = 0; v < VOCABULARY; v++) {
                double probability = Math.exp(logits[row + v] - logSumExp(logits, row));
                gradient[row + v] += tokenWeights[t] * ((v == completion[t] ? 1 : 0) - probability);
            }
        }
    }

    private double logRatio(double[] table, int prompt, int[] completion) {
        return logProb(table, prompt, completion) - logProb(referenceLogits, prompt, completion);
    }

    private static double logProb(double[] table, int prompt, int[] completion) {
        double sum = 0;
        for (int t = 0; t < completion.length; t++) {
            int row = row(prompt, completion, t);
            sum += table[row + completion[t]] - logSumExp(table, row);
        }
        return sum;
    }

    /** The context is the prompt and the token before; {@code VOCABULARY} stands for none. */
    private static int row(int prompt, int[] completion, int t) {
        int previous = t == 0 ? VOCABULARY : completion[t - 1];
        return (prompt * (VOCABULARY + 1) + previous) * VOCABULARY;
    }

    private static double logSumExp(double[] table, int row) {
        double sum = 0;
        for (int token = 0; token < VOCABULARY; token++) {
            sum += Math.exp(table[row + token]);
        }
        return Math.log(sum);
    }
}
