package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real checkpoint of 260 thousand parameters against what transformers computes with it. */
class GoldenStoriesTest {

    private static final Path DIRECTORY = Path.of("../../shared/models/stories260K-hf");

    private static JsonNode golden;
    private static LanguageModel model;

    @BeforeAll
    static void load() throws Exception {
        assumeTrue(Files.isDirectory(DIRECTORY), "the golden checkpoint lies beside the project, or not");
        golden = new JsonMapper().readTree(Files.readAllBytes(DIRECTORY.resolve("golden.json")));
        model = new LocalEngine().load(DIRECTORY);
    }

    @AfterAll
    static void close() {
        if (model != null) {
            model.close();
        }
    }

    @Test
    void logProbsAreThoseOfTransformers() {
        List<float[]> logProbs = model.logProbs(sequences());
        for (int c = 0; c < logProbs.size(); c++) {
            assertThat(logProbs.get(c))
                    .usingComparatorWithPrecision(1e-4f)
                    .containsExactly(floats(cases(c).path("logProbs")));
        }
    }

    @Test
    void greedyTextIsThatOfTransformers() {
        List<SamplingRequest> requests = new ArrayList<>();
        for (int c = 0; c < golden.path("cases").size(); c++) {
            requests.add(new SamplingRequest(ints(cases(c).path("ids")), new long[] {c, c}));
        }
        List<SampledCompletion> sampled = new ArrayList<>();
        model.sample(requests, new SamplingOptions(40, 0), sampled::add);
        assertThat(sampled).hasSize(2 * requests.size());
        for (SampledCompletion completion : sampled) {
            int[] ids = ints(cases(completion.prompt()).path("greedyIds"));
            int prompt = requests.get(completion.prompt()).prompt().length;
            assertThat(completion.ids()).containsExactly(Arrays.copyOfRange(ids, prompt, ids.length));
            assertThat(model.tokenizer().decode(ids))
                    .isEqualTo(cases(completion.prompt()).path("greedy40").stringValue());
        }
    }

    @Test
    void gradientAndStepAreThoseOfPyTorch() {
        // Its own copy: the step changes the weights.
        try (LocalLanguageModel trained = (LocalLanguageModel) new LocalEngine().load(DIRECTORY)) {
            List<double[]> weights = new ArrayList<>();
            golden.path("weighted").path("weights").forEach(w -> weights.add(negated(w)));
            try (LanguageModel.ForwardPass pass = trained.forward(sequences())) {
                assertThat(loss(pass.logProbs(), weights))
                        .isCloseTo(golden.path("weighted").path("loss").asDouble(), within(1e-4));
                pass.backward(TokenSlopes.ofLogProbs(weights));
            }
            Gradients.requireNorms(trained.local(), golden.path("weighted").path("gradNorms"), 1e-4);
            double norm = golden.path("weighted").path("totalNorm").asDouble();
            assertThat(trained.step(new AdamW(1e-3, 1.0, 0.9, 0.999, 1e-8, 0.01)))
                    .isCloseTo(norm, within(1e-4 * norm));
            assertThat(trained.logProbs(sequences().subList(0, 1)).getFirst())
                    .usingComparatorWithPrecision(1e-3f)
                    .containsExactly(floats(golden.path("afterOneAdamWStep").path("logProbs")));
        }
    }

    private static List<TokenSequence> sequences() {
        List<TokenSequence> sequences = new ArrayList<>();
        for (JsonNode item : golden.path("cases")) {
            int[] ids = ints(item.path("ids"));
            sequences.add(new TokenSequence(Arrays.copyOf(ids, 1), Arrays.copyOfRange(ids, 1, ids.length)));
        }
        return sequences;
    }

    private static double loss(List<float[]> logProbs, List<double[]> weights) {
        double loss = 0;
        for (int s = 0; s < weights.size(); s++) {
            for (int t = 0; t < weights.get(s).length; t++) {
                loss += weights.get(s)[t] * logProbs.get(s)[t];
            }
        }
        return loss;
    }

    private static JsonNode cases(int index) {
        return golden.path("cases").path(index);
    }

    private static double[] negated(JsonNode array) {
        return array.valueStream().mapToDouble(w -> -w.asDouble()).toArray();
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    private static float[] floats(JsonNode array) {
        float[] floats = new float[array.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) array.get(i).asDouble();
        }
        return floats;
    }
}
