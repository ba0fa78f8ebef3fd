package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.WeightType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CriticTest {

    private static final List<TokenSequence> SEQUENCES = List.of(
            new TokenSequence(new int[] {5, 9, 77}, new int[] {12, 40, 41}),
            new TokenSequence(new int[] {5, 9, 77}, new int[] {8}),
            new TokenSequence(new int[] {4, 100}, new int[] {101, 102, 103, 104}));
    private static final List<String> LABELS = List.of("value", "cost");

    private final Engine engine = new LocalEngine();

    @TempDir
    private Path directory;

    private Path start;

    @BeforeEach
    void make() {
        start = TinyCheckpoint.in(directory, true);
    }

    /** The value before token t is the score of the text up to there. */
    @Test
    void aValueIsTheScoreOfWhatCameBefore() {
        try (ScoringModel critic = engine.withHead(start, LABELS, 3, EngineOptions.DEFAULT)) {
            List<float[][]> values = critic.values(SEQUENCES);
            assertThat(values).hasSize(3);
            for (int s = 0; s < values.size(); s++) {
                TokenSequence sequence = SEQUENCES.get(s);
                assertThat(values.get(s)).hasDimensions(2, sequence.completion().length);
                for (int t = 0; t < sequence.completion().length; t++) {
                    int[] before = IntStream.concat(
                                    Arrays.stream(sequence.prompt()),
                                    Arrays.stream(sequence.completion()).limit(t))
                            .toArray();
                    float[] scores = critic.labelScores(List.of(before))[0];
                    for (int label = 0; label < 2; label++) {
                        assertThat(values.get(s)[label][t]).isCloseTo(scores[label], within(1e-5f));
                        assertThat(scores[label]).isNotZero();
                    }
                }
            }
            try (ScoringModel.ValuePass pass = critic.forwardValues(SEQUENCES)) {
                assertThat(pass.values()).usingRecursiveComparison().isEqualTo(values);
            }
            assertThat(critic.values(List.of())).isEmpty();
        }
    }

    @Test
    void regressionReachesItsTargets() {
        try (ScoringModel critic = engine.withHead(start, LABELS, 3, EngineOptions.DEFAULT)) {
            double before = regression(critic);
            for (int step = 0; step < 60; step++) {
                regression(critic);
                critic.step(AdamW.of(1e-2, 1));
            }
            assertThat(regression(critic)).isLessThan(0.02 * before);
            critic.clearGradient();
            assertThatThrownBy(() -> critic.step(AdamW.of(1e-2, 1))).hasMessageContaining("there is no gradient");
        }
    }

    /** Adds the gradient of half the squared distance to 1 for the value and -2 for the cost; returns it. */
    private static double regression(ScoringModel critic) {
        double[] loss = {0};
        try (ScoringModel.ValuePass pass = critic.forwardValues(SEQUENCES)) {
            pass.backward(pass.values().stream()
                    .map(values -> {
                        double[][] slopes = new double[2][values[0].length];
                        for (int label = 0; label < 2; label++) {
                            for (int t = 0; t < slopes[label].length; t++) {
                                slopes[label][t] = values[label][t] - (label == 0 ? 1 : -2);
                                loss[0] += 0.5 * slopes[label][t] * slopes[label][t];
                            }
                        }
                        return slopes;
                    })
                    .toList());
        }
        return loss[0];
    }

    @Test
    void aNewHeadIsRandomAndComesOfItsSeed() {
        List<int[]> text = List.of(new int[] {5, 9, 77});
        try (ScoringModel one = engine.withHead(start, LABELS, 3, EngineOptions.DEFAULT);
                ScoringModel same = engine.withHead(start, LABELS, 3, EngineOptions.DEFAULT);
                ScoringModel other = engine.withHead(start, LABELS, 4, EngineOptions.DEFAULT)) {
            float[] scores = one.labelScores(text)[0];
            assertThat(scores[0]).isNotEqualTo(scores[1]);
            assertThat(same.labelScores(text)[0]).containsExactly(scores);
            assertThat(other.labelScores(text)[0]).doesNotContain(scores);
            one.save(directory.resolve("scoring"), WeightType.F32);
        }
        try (ScoringModel again = engine.withHead(
                        directory.resolve("scoring"), List.of("a", "b", "c"), 3, EngineOptions.DEFAULT);
                ScoringModel fresh = engine.withHead(start, List.of("a", "b", "c"), 3, EngineOptions.DEFAULT)) {
            assertThat(again.labels()).containsExactly("a", "b", "c");
            assertThat(again.labelScores(text)).isDeepEqualTo(fresh.labelScores(text));
        }
        assertThatThrownBy(() -> engine.withHead(start, List.of(), 3, EngineOptions.DEFAULT))
                .hasMessage("a head needs at least one label");
    }

    @Test
    void slopesHaveTheShapeOfValues() {
        try (ScoringModel critic = engine.withHead(start, LABELS, 3, EngineOptions.DEFAULT);
                ScoringModel.ValuePass pass = critic.forwardValues(SEQUENCES)) {
            assertThatThrownBy(() -> pass.backward(List.of())).hasMessage("slopes of 0 sequences for a pass over 3");
            List<double[][]> oneLabel = SEQUENCES.stream()
                    .map(sequence -> new double[1][sequence.completion().length])
                    .toList();
            assertThatThrownBy(() -> pass.backward(oneLabel))
                    .hasMessage("sequence 0 has slopes of 1 labels, but there are 2");
            List<double[][]> short2 = List.of(new double[2][3], new double[2][2], new double[2][4]);
            assertThatThrownBy(() -> pass.backward(short2))
                    .hasMessage("sequence 1 has 1 completion tokens, but 2 slopes of label 0");
            List<double[][]> nan = List.of(new double[2][3], new double[][] {{0}, {Double.NaN}}, new double[2][4]);
            assertThatThrownBy(() -> pass.backward(nan))
                    .hasMessage("slope of sequence 1, label 1, token 0 is NaN, but must be finite");
        }
    }
}
