package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.decoder.Decoder;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TrainingTest {

    private static final List<TokenSequence> SEQUENCES = List.of(
            new TokenSequence(new int[] {5, 9, 77}, new int[] {12, 40, 41}),
            new TokenSequence(new int[] {5, 9, 77}, new int[] {8}),
            new TokenSequence(new int[] {4, 100}, new int[] {101, 102, 103, 104}));
    private static final List<double[]> WEIGHTS =
            List.of(new double[] {-1, -0.5, 0.25}, new double[] {0.5}, new double[] {0, -1, 0, -2});

    @TempDir
    private Path directory;

    private Path checkpoint;
    private LocalLanguageModel model;

    @BeforeEach
    void load() {
        checkpoint = TinyCheckpoint.in(directory, true);
        model = (LocalLanguageModel) new LocalEngine().load(checkpoint);
    }

    @AfterEach
    void close() {
        model.close();
    }

    /** {@code src/test/python/adamw.py} made the numbers. */
    @Test
    void adamWAndClippingAreThoseOfPyTorch() throws Exception {
        JsonNode golden;
        try (InputStream file = TrainingTest.class.getResourceAsStream("../adamw.json")) {
            golden = new JsonMapper().readTree(file.readAllBytes());
        }
        Decoder decoder = model.local().decoder();
        int size = (int) decoder.layout().size();
        float[] row = new float[size];
        for (int i = 0; i < size; i++) {
            row[i] = (float) (0.5 * Math.sin(i));
        }
        model.local().run(() -> decoder.writeWeights(0, row));
        for (int t = 0; t < golden.path("steps").size(); t++) {
            JsonNode step = golden.path("steps").path(t);
            float[] gradient = new float[size];
            for (int i = 0; i < size; i++) {
                gradient[i] = (float) (step.path("scale").asDouble() * Math.cos((double) i * (t + 1)));
            }
            model.local().backward(() -> decoder.write(decoder.gradients(), 0, gradient));
            float[] before = model.local().call(() -> decoder.read(decoder.weights(), 0, size));
            double norm = model.step(new AdamW(0.01, 1.0, 0.9, 0.99, 1e-6, 0.1));
            float[] after = model.local().call(() -> decoder.read(decoder.weights(), 0, size));
            double change = Math.sqrt(IntStream.range(0, size)
                    .mapToDouble(i -> Math.pow((double) after[i] - before[i], 2))
                    .sum());
            assertThat(model.updateNorm().orElseThrow()).isCloseTo(change, within(1e-4 * change));
            assertThat(norm).isCloseTo(step.path("norm").asDouble(), within(1e-5 * norm));
            for (int p = 0; p < golden.path("places").size(); p++) {
                int place = golden.path("places").path(p).asInt();
                float weight = model.local().call(() -> decoder.read(decoder.weights(), place, 1))[0];
                assertThat((double) weight)
                        .isCloseTo(step.path("weights").path(p).asDouble(), within(1e-6));
            }
        }
    }

    @Test
    void stepsRaiseTheWeightedLogProbs() {
        double before = trainedSum(0);
        double after = trainedSum(20);
        assertThat(after).isLessThan(before - 5);
    }

    private double trainedSum(int steps) {
        for (int i = 0; i < steps; i++) {
            backward(SEQUENCES, WEIGHTS);
            model.step(AdamW.of(1e-2, 1));
        }
        double sum = 0;
        List<float[]> logProbs = model.logProbs(SEQUENCES);
        for (int s = 0; s < WEIGHTS.size(); s++) {
            for (int t = 0; t < WEIGHTS.get(s).length; t++) {
                sum += WEIGHTS.get(s)[t] * logProbs.get(s)[t];
            }
        }
        return sum;
    }

    @Test
    void microBatchesAddUpToTheWholeBatchsGradient() {
        backward(SEQUENCES, WEIGHTS);
        float[] whole = gradient();
        model.clearGradient();
        for (int s = 0; s < SEQUENCES.size(); s++) {
            backward(SEQUENCES.subList(s, s + 1), WEIGHTS.subList(s, s + 1));
        }
        assertThat(gradient()).usingComparatorWithPrecision(1e-5f).containsExactly(whole);
    }

    @Test
    void sequencesOfWeightZeroLeaveTheBackwardPass() {
        List<double[]> weights = List.of(new double[3], new double[] {0.5}, new double[4]);
        backward(SEQUENCES, weights);
        float[] among = gradient();
        model.clearGradient();
        backward(SEQUENCES.subList(1, 2), weights.subList(1, 2));
        assertThat(among).usingComparatorWithPrecision(1e-6f).containsExactly(gradient());
        model.clearGradient();
        backward(SEQUENCES, List.of(new double[3], new double[1], new double[4]));
        assertThat(model.step(AdamW.of(1e-2, 1))).isZero();
    }

    @Test
    void aGradientThatIsNotFiniteLeavesTheWeightsAlone() {
        List<float[]> before = model.logProbs(SEQUENCES);
        backward(SEQUENCES, List.of(new double[] {1e300, 0, 0}, new double[1], new double[4]));
        assertThatThrownBy(() -> model.step(AdamW.of(1e-2, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the gradient is not finite");
        assertThat(model.logProbs(SEQUENCES)).usingRecursiveComparison().isEqualTo(before);
        assertThatThrownBy(() -> model.step(AdamW.of(1e-2, 1))).hasMessageContaining("there is no gradient");
        backward(SEQUENCES, WEIGHTS);
        assertThat(model.step(AdamW.of(1e-2, 1))).isFinite().isPositive();
    }

    @Test
    void aBackwardPassRunsOnceAndOnlyWithItsShape() {
        try (LanguageModel.ForwardPass pass = model.forward(SEQUENCES)) {
            assertThatThrownBy(() -> pass.backward(TokenSlopes.ofLogProbs(WEIGHTS.subList(0, 2))))
                    .hasMessage("slopes of 2 sequences for a pass over 3");
            assertThatThrownBy(() ->
                            pass.backward(TokenSlopes.ofLogProbs(List.of(new double[2], new double[1], new double[4]))))
                    .hasMessage("sequence 0 has 3 completion tokens, but 2 slopes");
            assertThatThrownBy(() -> pass.backward(TokenSlopes.ofLogProbs(
                            List.of(new double[] {0, Double.NaN, 0}, new double[1], new double[4]))))
                    .hasMessage("log-probability's slope of sequence 0, token 1 is NaN, but must be finite");
            pass.backward(TokenSlopes.ofLogProbs(WEIGHTS));
            assertThatThrownBy(() -> pass.backward(TokenSlopes.ofLogProbs(WEIGHTS)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void trainingGoesOnBitForBitFromWhatWasSaved() throws Exception {
        trainedSum(3);
        model.save(directory.resolve("saved"), WeightType.F32);
        model.saveOptimizerState(directory.resolve("optimizer.safetensors"));
        trainedSum(3);
        model.save(directory.resolve("uninterrupted"), WeightType.F32);
        model.close();
        model = (LocalLanguageModel) new LocalEngine().load(directory.resolve("saved"));
        model.loadOptimizerState(directory.resolve("optimizer.safetensors"));
        trainedSum(3);
        model.save(directory.resolve("resumed"), WeightType.F32);
        assertThat(weights("resumed")).isEqualTo(weights("uninterrupted")).isNotEqualTo(weights("saved"));
    }

    @Test
    void anOptimizerStateOfAnotherModelIsRefused() {
        model.saveOptimizerState(directory.resolve("optimizer.safetensors"));
        try (LanguageModel other = new LocalEngine().load(TinyCheckpoint.in(directory, false))) {
            assertThatThrownBy(() -> other.loadOptimizerState(directory.resolve("optimizer.safetensors")))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("is of another model: exp_avg.lm_head.weight is missing");
        }
    }

    private byte[] weights(String name) throws Exception {
        return Files.readAllBytes(directory.resolve(name).resolve("model.safetensors"));
    }

    private void backward(List<TokenSequence> sequences, List<double[]> weights) {
        try (LanguageModel.ForwardPass pass = model.forward(sequences)) {
            pass.backward(TokenSlopes.ofLogProbs(weights));
        }
    }

    private float[] gradient() {
        Decoder decoder = model.local().decoder();
        return model.local()
                .call(() -> decoder.read(
                        decoder.gradients(), 0, (int) decoder.layout().size()));
    }
}
