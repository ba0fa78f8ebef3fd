package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real instruct checkpoint, stored in bf16, against what transformers computes with it in fp32. */
@TestMethodOrder(OrderAnnotation.class)
class GoldenSmolLm2Test {

    private static final Path GOLDEN = Path.of("../../shared/models/SmolLM2-135M-Instruct/golden.json");
    private static final Path DIRECTORY =
            Path.of(System.getProperty("user.home"), ".cache", "tribunal-models", "SmolLM2-135M-Instruct");

    private static JsonNode golden;
    private static LocalLanguageModel model;

    @BeforeAll
    static void load() throws Exception {
        assumeTrue(Files.exists(GOLDEN) && Files.isDirectory(DIRECTORY), "the golden checkpoint is here, or not");
        golden = new JsonMapper().readTree(Files.readAllBytes(GOLDEN));
        model = (LocalLanguageModel) new LocalEngine().load(DIRECTORY);
    }

    @AfterAll
    static void close() {
        if (model != null) {
            model.close();
        }
    }

    @Test
    @Order(1)
    void conversationsAreRenderedAndEncodedAsByTransformers() {
        ChatTokenizer tokenizer = model.tokenizer();
        for (JsonNode item : golden.path("cases")) {
            List<ChatMessage> messages = item.path("messages")
                    .valueStream()
                    .map(m -> new ChatMessage(
                            m.path("role").stringValue(), m.path("content").stringValue()))
                    .toList();
            assertThat(tokenizer.render(messages, true))
                    .isEqualTo(item.path("renderedWithGenerationPrompt").stringValue());
            assertThat(tokenizer.render(messages, false))
                    .isEqualTo(item.path("renderedWithout").stringValue());
            assertThat(tokenizer.encodePrompt(messages)).containsExactly(ints(item.path("ids")));
        }
        for (JsonNode item : golden.path("encodings")) {
            assertThat(tokenizer.encode(item.path("text").stringValue())).containsExactly(ints(item.path("ids")));
        }
        assertThat(tokenizer.endOfSequenceIds()).containsExactly(2);
    }

    @Test
    @Order(2)
    void logProbsAreThoseOfTransformers() {
        List<TokenSequence> sequences = new ArrayList<>();
        for (JsonNode item : golden.path("cases")) {
            int[] ids = ints(item.path("ids"));
            sequences.add(new TokenSequence(Arrays.copyOf(ids, 1), Arrays.copyOfRange(ids, 1, ids.length)));
        }
        List<float[]> logProbs = model.logProbs(sequences);
        for (int c = 0; c < sequences.size(); c++) {
            assertThat(logProbs.get(c))
                    .usingComparatorWithPrecision(1e-4f)
                    .containsExactly(floats(golden.path("cases").path(c).path("logProbs")));
        }
    }

    @Test
    @Order(3)
    void greedyTextIsThatOfTransformers() {
        List<SamplingRequest> requests = new ArrayList<>();
        golden.path("cases").forEach(item -> requests.add(new SamplingRequest(ints(item.path("ids")), new long[1])));
        model.sample(requests, new SamplingOptions(40, 0), completion -> {
            JsonNode item = golden.path("cases").path(completion.prompt());
            assertThat(completion.ids()).containsExactly(ints(item.path("greedyIds")));
            assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(model.tokenizer().decode(completion.ids()) + "<|im_end|>")
                    .isEqualTo(item.path("greedyText").stringValue());
        });
    }

    /** Changes the weights, so it comes last. */
    @Test
    @Order(4)
    void gradientAndStepAreThoseOfPyTorch() {
        JsonNode weighted = golden.path("weighted");
        int[] ids = ints(weighted.path("ids"));
        int prompt = weighted.path("promptLength").asInt();
        List<TokenSequence> sequence =
                List.of(new TokenSequence(Arrays.copyOf(ids, prompt), Arrays.copyOfRange(ids, prompt, ids.length)));
        double[] weights = weighted.path("weights")
                .valueStream()
                .mapToDouble(w -> -w.asDouble())
                .toArray();
        try (LanguageModel.ForwardPass pass = model.forward(sequence)) {
            pass.backward(TokenSlopes.ofLogProbs(List.of(weights)));
        }
        // The golden norms are sums of up to 28 million squares in fp32, which is what their last digits are worth.
        Gradients.requireNorms(model.local(), weighted.path("gradNorms"), 2e-4);
        double norm = weighted.path("totalNorm").asDouble();
        assertThat(model.step(new AdamW(1e-4, 1.0, 0.9, 0.999, 1e-8, 0.01))).isCloseTo(norm, within(1e-4 * norm));
        assertThat(model.logProbs(sequence).getFirst())
                .usingComparatorWithPrecision(2e-3f)
                .containsExactly(floats(golden.path("afterOneAdamWStep").path("logProbs")));
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
