package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.decoder.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The draw alone, on logits as a test gives them, at evenly spaced uniforms: each token as often as its share says. */
class TruncationTest {

    private static final int DRAWS = 2000;

    @TempDir
    private static Path directory;

    private static LocalLanguageModel model;

    @BeforeAll
    static void load() {
        model = (LocalLanguageModel) new LocalEngine().load(TinyCheckpoint.in(directory, true));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void whatIsLeftOfTheTokensIsWhatTransformersLeaves() throws IOException {
        for (JsonNode item : golden().path("cases")) {
            float[] logits = new float[item.path("size").asInt()];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) (item.path("scale").asDouble() * Math.sin((double) i * i));
            }
            double[] shares = shares(
                    logits,
                    item.path("temperature").asDouble(),
                    item.path("topK").asInt(),
                    item.path("topP").asDouble());
            String what = item.toString();
            int seen = (int) Arrays.stream(shares).filter(share -> share > 0).count();
            int kept = item.path("kept").asInt();
            // A token that makes up less than a draw may miss out.
            assertThat(seen)
                    .as(what)
                    .isLessThanOrEqualTo(kept)
                    .isGreaterThanOrEqualTo(kept < 100 ? kept - 1 : kept / 2);
            for (Map.Entry<String, JsonNode> token : item.path("largest").properties()) {
                assertThat(shares[Integer.parseInt(token.getKey())])
                        .as(what)
                        .isCloseTo(token.getValue().asDouble(), within(1.01 / DRAWS));
            }
        }
    }

    @Test
    void tokensAsProbableAsTheLastOneLeftAreLeftToo() {
        float[] logits = {1, 3, 1, 1, 0};

        assertThat(shares(logits, 1, 2, 1)).matches(shares -> shares[0] > 0 && shares[2] > 0 && shares[3] > 0);
        assertThat(shares(logits, 1, 2, 1)[4]).isZero();
        assertThat(shares(logits, 1, 0, 0.75)[3]).isPositive();
        assertThat(shares(logits, 1, 0, 0.75)[4]).isZero();
    }

    @Test
    void greedyIgnoresWhatIsLeft() {
        assertThat(shares(new float[] {0, 2, 1}, 0, 3, 0.99)[0]).isZero();
    }

    /** How often each token was drawn, as a share of all draws. */
    private static double[] shares(float[] logits, double temperature, int topK, double topP) {
        float[] rows = new float[DRAWS * logits.length];
        float[] uniforms = new float[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            System.arraycopy(logits, 0, rows, i * logits.length, logits.length);
            uniforms[i] = (i + 0.5f) / DRAWS;
        }
        long[] drawn = model.local().call(() -> {
            try (Scope scope = model.local().decoder().newScope()) {
                return scope.longs(scope.callForTuple(
                                "draw",
                                scope.tensor(rows, DRAWS, logits.length),
                                scope.tensor(uniforms, DRAWS),
                                scope.number(temperature),
                                scope.number(topK),
                                scope.number(topP))[0]);
            }
        });
        double[] shares = new double[logits.length];
        IntStream.range(0, DRAWS).forEach(i -> shares[(int) drawn[i]] += 1.0 / DRAWS);
        return shares;
    }

    private static JsonNode golden() throws IOException {
        try (InputStream file = TruncationTest.class.getResourceAsStream("../truncation.json")) {
            return new JsonMapper().readTree(file);
        }
    }
}
