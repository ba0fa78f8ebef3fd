package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Tensor;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tiny random checkpoints of every architecture against what transformers computes with them in fp32. {@code
 * src/test/python/make_goldens.py} made them and says what is in them.
 */
class GoldenCheckpointsTest {

    private static final Path GOLDENS = Path.of("src/test/resources/goldens");

    @TempDir
    private Path directory;

    static Stream<Path> languageModels() {
        return goldens("greedy");
    }

    static Stream<Path> classifiers() {
        return goldens("labels");
    }

    static Stream<Path> all() {
        return goldens("sequences");
    }

    private static Stream<Path> goldens(String with) {
        try (Stream<Path> all = Files.list(GOLDENS)) {
            return all.filter(golden -> golden(golden).has(with)).sorted().toList().stream();
        } catch (IOException missing) {
            throw new AssertionError(missing);
        }
    }

    @ParameterizedTest
    @MethodSource("languageModels")
    void logProbsAndGradientsAreThoseOfTransformers(Path checkpoint) {
        JsonNode golden = golden(checkpoint);
        List<TokenSequence> sequences = new ArrayList<>();
        List<double[]> weights = new ArrayList<>();
        for (JsonNode item : golden.path("sequences")) {
            sequences.add(new TokenSequence(ints(item.path("prompt")), ints(item.path("completion"))));
            weights.add(doubles(item.path("weights")));
        }
        try (LocalLanguageModel model = (LocalLanguageModel) new LocalEngine().load(checkpoint)) {
            List<float[]> logProbs = model.logProbs(sequences);
            for (int s = 0; s < sequences.size(); s++) {
                requireClose(logProbs.get(s), golden.path("sequences").path(s).path("logProbs"), 1e-4);
            }
            try (LanguageModel.ForwardPass pass = model.forward(sequences)) {
                assertThat(pass.logProbs()).usingRecursiveComparison().isEqualTo(logProbs);
                pass.backward(TokenSlopes.ofLogProbs(weights));
            }
            requireGradients(model.local(), golden.path("gradients"));
        }
    }

    /** What a layer's backward pass computes again, and what it computes in bf16, is every architecture's own. */
    @ParameterizedTest
    @MethodSource("languageModels")
    void savingMemoryAndBitsChangesLittle(Path checkpoint) {
        JsonNode items = golden(checkpoint).path("sequences");
        List<TokenSequence> sequences = new ArrayList<>();
        List<double[]> weights = new ArrayList<>();
        for (JsonNode item : items) {
            sequences.add(new TokenSequence(ints(item.path("prompt")), ints(item.path("completion"))));
            weights.add(doubles(item.path("weights")));
        }
        float[] exact = gradient(checkpoint, EngineOptions.DEFAULT, sequences, weights);
        EngineOptions recomputing = EngineOptions.DEFAULT.withActivationCheckpointing(true);
        assertThat(distance(gradient(checkpoint, recomputing, sequences, weights), exact))
                .isLessThan(1e-6);
        EngineOptions rounding = EngineOptions.DEFAULT.withPrecision(Precision.BF16);
        assertThat(distance(gradient(checkpoint, rounding, sequences, weights), exact))
                .isLessThan(0.05);
    }

    private static float[] gradient(
            Path checkpoint, EngineOptions options, List<TokenSequence> sequences, List<double[]> weights) {
        try (LocalLanguageModel model = (LocalLanguageModel) new LocalEngine().load(checkpoint, options)) {
            try (LanguageModel.ForwardPass pass = model.forward(sequences)) {
                pass.backward(TokenSlopes.ofLogProbs(weights));
            }
            Decoder decoder = model.local().decoder();
            return model.local()
                    .call(() -> decoder.read(
                            decoder.gradients(), 0, (int) decoder.layout().size()));
        }
    }

    /** Relative. */
    private static double distance(float[] actual, float[] expected) {
        float[] difference = new float[actual.length];
        for (int i = 0; i < actual.length; i++) {
            difference[i] = actual[i] - expected[i];
        }
        return Gradients.norm(difference) / Gradients.norm(expected);
    }

    @ParameterizedTest
    @MethodSource("languageModels")
    void greedyTextIsThatOfTransformers(Path checkpoint) {
        List<JsonNode> items = golden(checkpoint).path("greedy").valueStream().toList();
        List<SamplingRequest> requests = items.stream()
                .map(item -> new SamplingRequest(ints(item.path("prompt")), new long[2]))
                .toList();
        List<Integer> finished = new ArrayList<>();
        try (LanguageModel model = new LocalEngine().load(checkpoint)) {
            model.sample(requests, new SamplingOptions(24, 0), completion -> {
                JsonNode item = items.get(completion.prompt());
                assertThat(completion.ids()).containsExactly(ints(item.path("ids")));
                assertThat(model.tokenizer().decode(completion.ids()))
                        .isEqualTo(item.path("text").stringValue());
                finished.add(completion.prompt());
            });
        }
        assertThat(finished).hasSize(2 * items.size());
    }

    @ParameterizedTest
    @MethodSource("classifiers")
    void scoresOfAllLabelsAreThoseOfTransformers(Path checkpoint) {
        JsonNode golden = golden(checkpoint);
        List<JsonNode> items = golden.path("sequences").valueStream().toList();
        List<int[]> sequences =
                items.stream().map(item -> ints(item.path("ids"))).toList();
        try (LocalScoringModel model = (LocalScoringModel) new LocalEngine().loadScoring(checkpoint)) {
            assertThat(model.labels())
                    .isEqualTo(golden.path("labels")
                            .valueStream()
                            .map(JsonNode::stringValue)
                            .toList());
            float[][] scores = model.labelScores(sequences);
            for (int s = 0; s < scores.length; s++) {
                requireClose(scores[s], items.get(s).path("scores"), 1e-4);
            }
            try (ScoringModel.ForwardPass pass = model.forward(sequences)) {
                assertThat(pass.labelScores()).isDeepEqualTo(scores);
                pass.backward(items.stream()
                        .map(item -> doubles(item.path("weights")))
                        .toArray(double[][]::new));
            }
            requireGradients(model.local(), golden.path("gradients"));
        }
    }

    /**
     * In fp32, and in the type that the checkpoint is stored in. {@code -Dgoldens.saved=DIR} keeps what is saved, for
     * {@code src/test/python/check_saved.py} to load.
     */
    @ParameterizedTest
    @MethodSource("all")
    void whatIsSavedIsBitForBitWhatWasRead(Path checkpoint) {
        Path parent = Path.of(System.getProperty("goldens.saved", directory.toString()));
        for (WeightType type : EnumSet.of(WeightType.F32, storedType(checkpoint))) {
            Path saved = parent.resolve(checkpoint.getFileName() + "-" + type);
            try (LocalModel model = open(checkpoint)) {
                model.save(saved, type);
                try (LocalModel again = open(saved)) {
                    assertThat(again.configuration()).isEqualTo(model.configuration());
                    for (Tensor tensor : model.decoder().layout().tensors()) {
                        assertThat(Arrays.equals(bits(again, tensor), bits(model, tensor)))
                                .as(tensor.name())
                                .isTrue();
                    }
                }
            }
            assertThat(storedType(saved)).isEqualTo(type);
        }
    }

    private static LocalModel open(Path checkpoint) {
        return new LocalEngine().inspect(checkpoint).isScoring()
                ? ((LocalScoringModel) new LocalEngine().loadScoring(checkpoint)).local()
                : ((LocalLanguageModel) new LocalEngine().load(checkpoint)).local();
    }

    private static WeightType storedType(Path checkpoint) {
        JsonNode configuration = json(checkpoint.resolve("config.json"));
        return switch (configuration
                .path("dtype")
                .asString(configuration.path("torch_dtype").asString(""))) {
            case "float32" -> WeightType.F32;
            case "float16" -> WeightType.F16;
            case "bfloat16" -> WeightType.BF16;
            default -> throw new AssertionError(checkpoint + " has no type");
        };
    }

    private static int[] bits(LocalModel model, Tensor tensor) {
        Decoder decoder = model.decoder();
        float[] weights = model.call(() -> decoder.read(decoder.weights(), tensor.offset(), (int) tensor.size()));
        int[] bits = new int[weights.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(weights[i]);
        }
        return bits;
    }

    /** Along three directions, which a wrong gradient would have to miss all. */
    private static void requireGradients(LocalModel model, JsonNode golden) {
        Decoder decoder = model.decoder();
        assertThat(golden.propertyNames())
                .containsExactlyInAnyOrderElementsOf(
                        decoder.layout().tensors().stream().map(Tensor::name).toList());
        for (Tensor tensor : decoder.layout().tensors()) {
            JsonNode expected = golden.path(tensor.name());
            float[] gradient =
                    model.call(() -> decoder.read(decoder.gradients(), tensor.offset(), (int) tensor.size()));
            double norm = expected.path("norm").asDouble();
            assertThat(Gradients.norm(gradient)).as(tensor.name()).isCloseTo(norm, within(1e-5 * norm));
            for (int k = 1; k <= expected.path("products").size(); k++) {
                double product = 0;
                for (int i = 0; i < gradient.length; i++) {
                    product += gradient[i] * Math.cos((double) k * i);
                }
                assertThat(product)
                        .as(tensor.name())
                        .isCloseTo(expected.path("products").path(k - 1).asDouble(), within(1e-5 * norm));
            }
        }
    }

    private static void requireClose(float[] actual, JsonNode expected, double tolerance) {
        assertThat(actual).hasSize(expected.size());
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected.path(i).asDouble(), within(tolerance));
        }
    }

    private static JsonNode golden(Path checkpoint) {
        return json(checkpoint.resolve("golden.json"));
    }

    private static JsonNode json(Path file) {
        return new JsonMapper().readTree(file.toFile());
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    private static double[] doubles(JsonNode array) {
        return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }
}
