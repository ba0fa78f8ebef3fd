package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The backward pass is written by hand, so it is held against finite differences: along each tensor's gradient the
 * objective must rise at the rate of that gradient's norm. A wrong gradient fails in size or in direction.
 */
class GradientTest {

    private static final int[] SHARED = {5, 9, 77, 200, 31};

    /** Two of one prompt, one longer than the rest, one of a single token, one with zero weights. */
    private static final List<TokenSequence> SEQUENCES = List.of(
            new TokenSequence(SHARED, new int[] {12, 40, 41, 9}),
            new TokenSequence(SHARED, new int[] {200, 3, 0}),
            new TokenSequence(new int[] {88}, new int[] {17, 6, 17, 6, 250, 251, 13, 14, 15, 99, 98, 97, 5}),
            new TokenSequence(new int[] {60, 61}, new int[] {62}),
            new TokenSequence(new int[] {4, 5, 6}, new int[] {7, 8, 9}));

    private static final List<double[]> WEIGHTS = List.of(
            new double[] {0.3, -1, 0, 0.5},
            new double[] {-0.7, 1.1, 0.2},
            new double[] {1, -1, 0.5, 0.25, -0.5, 1, 1, -0.2, 0.1, 0.9, -0.4, 0.6, 0.3},
            new double[] {2},
            new double[] {0, 0, 0});

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void logProbsGradientIsThatOfFiniteDifferences(boolean tied) {
        try (LocalLanguageModel model =
                (LocalLanguageModel) new LocalEngine().load(TinyCheckpoint.in(directory, tied))) {
            TinyCheckpoint.enlarge(model.local());
            try (LanguageModel.ForwardPass pass = model.forward(SEQUENCES)) {
                pass.backward(TokenSlopes.ofLogProbs(WEIGHTS));
            }
            requireGradientOf(model.local(), () -> weightedSum(model.logProbs(SEQUENCES)));
        }
    }

    /** Log-probability, entropy and KL to another model at once, at a temperature. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 0.7})
    void termsGradientIsThatOfFiniteDifferences(double temperature) {
        Path start = TinyCheckpoint.in(directory, false);
        try (LocalLanguageModel model = (LocalLanguageModel) new LocalEngine().load(start);
                LocalLanguageModel reference = (LocalLanguageModel) new LocalEngine().load(start)) {
            TinyCheckpoint.enlarge(model.local());
            Wanted wanted = new Wanted(temperature, true, reference);
            List<TokenSlopes> slopes = IntStream.range(0, WEIGHTS.size())
                    .mapToObj(
                            s -> new TokenSlopes(WEIGHTS.get(s), turned(WEIGHTS.get(s), 2), turned(WEIGHTS.get(s), 3)))
                    .toList();
            try (LanguageModel.ForwardPass pass = model.forward(SEQUENCES, wanted)) {
                pass.backward(slopes);
            }
            requireGradientOf(model.local(), 3e-4, () -> {
                try (LanguageModel.ForwardPass pass = model.forward(SEQUENCES, wanted)) {
                    double sum = 0;
                    for (int s = 0; s < slopes.size(); s++) {
                        for (int t = 0; t < slopes.get(s).logProb().length; t++) {
                            sum += slopes.get(s).logProb()[t] * pass.logProbs().get(s)[t]
                                    + slopes.get(s).tokenKl()[t]
                                            * pass.tokenKls().get(s)[t]
                                    + slopes.get(s).entropy()[t]
                                            * pass.entropies().get(s)[t];
                        }
                    }
                    return sum;
                }
            });
        }
    }

    /** Other numbers of the same size, so that the terms do not cancel; zeros stay. */
    private static double[] turned(double[] slopes, int factor) {
        return Arrays.stream(slopes)
                .map(slope -> slope * Math.cos(factor * slope))
                .toArray();
    }

    @Test
    void valuesGradientIsThatOfFiniteDifferences() {
        List<double[][]> slopes = WEIGHTS.stream()
                .map(weights -> new double[][] {weights, turned(weights, 2), turned(weights, 3)})
                .toList();
        try (LocalScoringModel model = (LocalScoringModel) new LocalEngine()
                .withHead(TinyCheckpoint.in(directory, true), List.of("a", "b", "c"), 3, EngineOptions.DEFAULT)) {
            TinyCheckpoint.enlarge(model.local());
            try (ScoringModel.ValuePass pass = model.forwardValues(SEQUENCES)) {
                pass.backward(slopes);
            }
            requireGradientOf(model.local(), 3e-4, () -> {
                List<float[][]> values = model.values(SEQUENCES);
                double sum = 0;
                for (int s = 0; s < values.size(); s++) {
                    for (int label = 0; label < 3; label++) {
                        for (int t = 0; t < values.get(s)[label].length; t++) {
                            sum += slopes.get(s)[label][t] * values.get(s)[label][t];
                        }
                    }
                }
                return sum;
            });
        }
    }

    @Test
    void scoresGradientIsThatOfFiniteDifferences() {
        List<int[]> sequences =
                List.of(SHARED, new int[] {8}, new int[] {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}, SHARED, new int[] {2});
        double[] weights = {1, -0.5, 2, 0.25, 0};
        try (LocalScoringModel model =
                (LocalScoringModel) new LocalEngine().withScalarHead(TinyCheckpoint.in(directory, true))) {
            TinyCheckpoint.enlarge(model.local());
            fillScalarHead(model.local());
            try (ScoringModel.ForwardPass pass = model.forward(sequences)) {
                pass.backward(weights);
            }
            requireGradientOf(model.local(), () -> {
                float[] scores = model.scores(sequences);
                double sum = 0;
                for (int s = 0; s < scores.length; s++) {
                    sum += weights[s] * scores[s];
                }
                return sum;
            });
        }
    }

    private static void fillScalarHead(LocalModel model) {
        Tensor head = model.decoder().layout().tensors().stream()
                .filter(tensor -> tensor.name().equals("score.weight"))
                .findFirst()
                .orElseThrow();
        float[] values = new float[(int) head.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.cos(i);
        }
        model.run(() -> model.decoder().writeWeights(head.offset(), values));
    }

    private static double weightedSum(List<float[]> logProbs) {
        double sum = 0;
        for (int s = 0; s < WEIGHTS.size(); s++) {
            for (int t = 0; t < WEIGHTS.get(s).length; t++) {
                sum += WEIGHTS.get(s)[t] * logProbs.get(s)[t];
            }
        }
        return sum;
    }

    private static void requireGradientOf(LocalModel model, DoubleSupplier objective) {
        requireGradientOf(model, 2e-3, objective);
    }

    /** @param reach how far to go, relative to a tensor's norm: less where the objective bends more */
    private static void requireGradientOf(LocalModel model, double reach, DoubleSupplier objective) {
        for (Tensor tensor : model.decoder().layout().tensors()) {
            float[] gradient = model.call(
                    () -> model.decoder().read(model.decoder().gradients(), tensor.offset(), (int) tensor.size()));
            float[] weights = model.call(
                    () -> model.decoder().read(model.decoder().weights(), tensor.offset(), (int) tensor.size()));
            double norm = Gradients.norm(gradient);
            double distance = reach * Math.max(1, Gradients.norm(weights));
            double up = at(model, tensor, moved(weights, gradient, distance / norm), objective);
            double down = at(model, tensor, moved(weights, gradient, -distance / norm), objective);
            at(model, tensor, weights, objective);
            assertThat(norm).as(tensor.name()).isPositive();
            assertThat((up - down) / (2 * distance)).as(tensor.name()).isCloseTo(norm, within(0.01 * norm + 1e-3));
        }
    }

    private static double at(LocalModel model, Tensor tensor, float[] weights, DoubleSupplier objective) {
        model.run(() -> model.decoder().writeWeights(tensor.offset(), weights));
        return objective.getAsDouble();
    }

    private static float[] moved(float[] weights, float[] direction, double factor) {
        float[] moved = weights.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (factor * direction[i]);
        }
        return moved;
    }
}
