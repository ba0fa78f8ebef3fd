package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.decoder.Decoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the gradient against the gradients taken one by one. */
class GradientRowsTest {

    private static final List<TokenSequence> SEQUENCES = List.of(
            new TokenSequence(new int[] {5, 9, 77}, new int[] {12, 40, 41}),
            new TokenSequence(new int[] {4, 100}, new int[] {101, 102, 103, 104}));
    private static final List<List<double[]>> TASKS = List.of(
            List.of(new double[] {-1, -0.5, 0.25}, new double[] {0, -1, 0, -2}),
            List.of(new double[] {0.5, 0, 1}, new double[] {1, 1, 1, 1}),
            List.of(new double[3], new double[] {-3, 0, 0, 0.5}));
    private static final double[] FACTORS = {0.5, -2, 3};

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void productsAndMixturesAreThoseOfTheSeparateGradients(boolean adapter) {
        try (LocalLanguageModel model = load(adapter)) {
            List<float[]> separate = new ArrayList<>();
            for (List<double[]> task : TASKS) {
                backward(model, task);
                separate.add(gradient(model));
                model.clearGradient();
            }
            for (int task : new int[] {0, 1, 2}) {
                model.selectGradient(task);
                backward(model, TASKS.get(task));
            }
            double[][] products = model.gradientProducts(4);
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    double expected = i == 3 || j == 3 ? 0 : product(separate.get(i), separate.get(j));
                    assertThat(products[i][j]).isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
                }
            }
            assertThatThrownBy(() -> model.step(AdamW.of(1e-2, 1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the gradient has 3 rows: mix them before the step");
            assertThatThrownBy(() -> model.mixGradients(new double[] {1, 1}))
                    .hasMessage("2 factors, but the gradient has 3 rows");
            model.mixGradients(FACTORS);
            float[] mixed = gradient(model);
            double norm = 0;
            for (int i = 0; i < mixed.length; i++) {
                double expected = 0;
                for (int task = 0; task < FACTORS.length; task++) {
                    expected += FACTORS[task] * separate.get(task)[i];
                }
                assertThat((double) mixed[i]).isCloseTo(expected, within(1e-5));
                norm += expected * expected;
            }
            assertThat(model.gradientProducts(2)[1]).containsExactly(0, 0);
            assertThat(model.step(AdamW.of(1e-2, 1))).isCloseTo(Math.sqrt(norm), within(1e-4 * Math.sqrt(norm)));
            requireFirstRowAlone(model);
        }
    }

    /** After a step a backward pass adds to the first row, and nothing is left in the others. */
    private static void requireFirstRowAlone(LocalLanguageModel model) {
        backward(model, TASKS.getFirst());
        double[][] products = model.gradientProducts(3);
        assertThat(products[0][0]).isPositive();
        assertThat(products[1]).containsOnly(0);
        model.selectGradient(1);
        backward(model, TASKS.get(1));
        model.clearGradient();
        assertThat(model.gradientProducts(1)[0]).containsExactly(0);
        backward(model, TASKS.getFirst());
        assertThat(model.step(AdamW.of(1e-2, 1))).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rowsAreTakenInOrder(boolean adapter) {
        try (LocalLanguageModel model = load(adapter)) {
            assertThatThrownBy(() -> model.selectGradient(2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no row 2 of the gradient: the next one is 1");
            assertThatThrownBy(() -> model.selectGradient(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> model.mixGradients(new double[] {Double.NaN}))
                    .hasMessage("factor of row 0 is NaN, but must be finite");
            backward(model, TASKS.getFirst());
            assertThat(model.step(AdamW.of(1e-2, 1))).isPositive();
        }
    }

    private LocalLanguageModel load(boolean adapter) {
        Path start = TinyCheckpoint.in(directory, true);
        Engine engine = new LocalEngine();
        return (LocalLanguageModel)
                (adapter
                        ? engine.loadWithNewAdapter(start, EngineOptions.DEFAULT, new Lora(2, 4, Lora.ALL_LINEAR), 1)
                        : engine.load(start));
    }

    private static void backward(LanguageModel model, List<double[]> slopes) {
        try (LanguageModel.ForwardPass pass = model.forward(SEQUENCES)) {
            pass.backward(TokenSlopes.ofLogProbs(slopes));
        }
    }

    private static float[] gradient(LocalLanguageModel model) {
        Decoder decoder = model.local().decoder();
        return model.local()
                .call(() -> decoder.read(
                        decoder.gradients(), 0, (int) decoder.trainedLayout().size()));
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
