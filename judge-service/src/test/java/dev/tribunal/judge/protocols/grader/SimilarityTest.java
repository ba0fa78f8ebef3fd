package dev.tribunal.judge.protocols.grader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against what the Python packages compute, which the file names, and against numbers worked out by hand. */
class SimilarityTest {

    static Stream<JsonNode> cases() throws IOException {
        try (InputStream file = SimilarityTest.class.getResourceAsStream("similarity.json")) {
            return new JsonMapper().readTree(Objects.requireNonNull(file)).required("cases").values().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void allMetricsAreThoseOfThePythonPackages(JsonNode expected) {
        String input = expected.required("input").asString();
        String reference = expected.required("reference").asString();
        for (Similarity metric : Similarity.values()) {
            assertThat(metric.of(input, reference))
                    .as(metric.name())
                    .isCloseTo(
                            expected.required(metric.name().toLowerCase(Locale.ROOT))
                                    .doubleValue(),
                            within(1e-9));
        }
    }

    @Test
    void smallCasesByHand() {
        // "ac" is common to both: 2 * 2 / (3 + 3)
        assertThat(Similarity.FUZZY_MATCH.of("abc", "adc")).isEqualTo(4 / 6.0);
        // one of two words in common, one of three: 2 * 1 / 5
        assertThat(Similarity.ROUGE_1.of("red car", "a red bicycle")).isEqualTo(0.4);
        // 3 words, 2 pairs and 1 triple against 2 and 1; in common 2 and 1: 3 of the 6
        assertThat(Similarity.GLEU.of("a b c", "a b")).isEqualTo(0.5);
        // precisions 1 of 1, shorter than the reference: exp(1 - 2/1)
        assertThat(Similarity.BLEU.of("one", "one two")).isCloseTo(Math.exp(-1), within(1e-12));
    }

    @Test
    void textsThatWouldTakeTooLongAreNotCompared() {
        String long1 = "a".repeat(30_000);
        assertThatThrownBy(() -> Similarity.FUZZY_MATCH.of(long1, long1)).hasMessageContaining("30000");
    }
}
