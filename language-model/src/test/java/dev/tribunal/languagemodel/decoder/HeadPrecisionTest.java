package dev.tribunal.languagemodel.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.pytorch.jni.IValue;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Tensor;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A token that is nearly certain has log-probability and gradient in bf16 as in fp32. */
class HeadPrecisionTest {

    private static final int VOCABULARY = 96;
    private static final int HIDDEN = 32;
    private static final ModelConfiguration MODEL =
            new ModelConfiguration("llama", VOCABULARY, HIDDEN, 48, 1, 4, 2, 8, 32, 1e-5, 10_000, false);
    private static final WeightLayout LAYOUT = WeightLayout.of(MODEL, new Head.Vocabulary());

    /** Logits that bf16 holds exactly: p is 0.9898, 0.9984 and 0.99974. */
    @ParameterizedTest
    @CsvSource({"FP32, 9.125", "BF16, 9.125", "BF16, 11", "BF16, 12.8125"})
    void oneMinusPKeepsItsDigits(Precision precision, float logit) {
        double rest = (VOCABULARY - 1) / (Math.exp(logit) + VOCABULARY - 1);
        ModelThread thread = new ModelThread("head");
        try {
            thread.run(() -> {
                EngineOptions options = EngineOptions.DEFAULT.withPrecision(precision);
                try (Decoder decoder = new Decoder(MODEL, LAYOUT, OptionalInt.empty(), options, null);
                        Scope scope = decoder.newScope()) {
                    setLogit(decoder, logit);
                    decoder.gradients();
                    decoder.refresh(scope);
                    IValue normed = scope.call("compute", scope.tensor(unit(1), 1, HIDDEN));
                    IValue target = scope.tensor(new int[] {0}, 1, 1);
                    IValue none = scope.list(List.of());
                    float[] logProb = scope.floats(
                            scope.call("head", normed, target, scope.number(1.0), scope.flag(false), none));
                    assertThat((double) logProb[0]).isCloseTo(Math.log1p(-rest), within(1e-3 * rest));
                    float[] narrow = scope.floats(scope.call(
                            "head_backward", normed, target, scope.tensor(new float[] {2}, 1, 1), scope.number(1.0)));
                    assertThat((double) narrow[0]).isCloseTo(2 * rest * logit, within(0.01 * 2 * rest * logit));
                    IValue terms = scope.call(
                            "terms_backward",
                            normed,
                            target,
                            scope.tensor(new float[] {2, 0, 0}, 1, 3),
                            scope.number(1.0),
                            none);
                    double expected = 2 * rest * logit;
                    IValue row = scope.call("read", terms, scope.number(0L), scope.number(1L));
                    assertThat((double) scope.floats(row)[0]).isCloseTo(expected, within(0.01 * expected));
                }
            });
        } finally {
            thread.close(() -> {});
        }
    }

    /** The head gives the first token this logit for the first unit vector, and all others 0. */
    private static void setLogit(Decoder decoder, float logit) {
        Tensor head = LAYOUT.tensors().stream()
                .filter(tensor -> tensor.name().equals("lm_head.weight"))
                .findFirst()
                .orElseThrow();
        decoder.writeWeights(head.offset(), unit(logit));
    }

    private static float[] unit(float length) {
        float[] vector = new float[HIDDEN];
        vector[0] = length;
        return vector;
    }
}
