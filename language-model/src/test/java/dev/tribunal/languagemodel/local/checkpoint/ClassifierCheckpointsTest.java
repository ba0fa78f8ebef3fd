package dev.tribunal.languagemodel.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.LoraTarget;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.local.LocalEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Sequence-classification checkpoints of every family with one label and several, in the forms that transformers writes. */
class ClassifierCheckpointsTest {

    private static final LocalEngine ENGINE = new LocalEngine();
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<int[]> SEQUENCES = List.of(new int[] {5, 6, 7, 8}, new int[] {9, 4});

    @TempDir
    private Path folder;

    static Stream<Arguments> families() {
        return Stream.of("llama-tied", "mistral-full", "qwen2-tied", "qwen3-tied")
                .flatMap(family -> IntStream.of(1, 2, 5).mapToObj(labels -> Arguments.of(family, labels)));
    }

    private static List<String> labels(int count) {
        return IntStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("families")
    void loadsAsTransformersWritesIt(String family, int count) throws IOException {
        float[][] scores;
        try (ScoringModel model = ENGINE.withHead(GOLDENS.resolve(family), labels(count), 7, EngineOptions.DEFAULT)) {
            scores = model.labelScores(SEQUENCES);
            model.save(folder.resolve("saved"), WeightType.F32);
        }
        asTransformersWrites(folder.resolve("saved/config.json"), count);

        assertThat(ENGINE.inspect(folder.resolve("saved")).labels()).isEqualTo(labels(count));
        assertThat(ENGINE.inspect(folder.resolve("saved")).scalarHead()).isEqualTo(count == 1);
        try (ScoringModel model = ENGINE.loadScoring(folder.resolve("saved"))) {
            assertThat(model.labelScores(SEQUENCES)).isDeepEqualTo(scores);
        }
    }

    /** transformers leaves out two labels without names, and never writes num_labels. */
    private static void asTransformersWrites(Path file, int count) throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
        config.remove("num_labels");
        if (count == 2) {
            config.remove("id2label");
            config.remove("label2id");
        }
        Files.write(file, JSON.writeValueAsBytes(config));
    }

    /** The head is adapted beside what the adapter is for, and what is saved gives the scores of the model at hand. */
    @Test
    void aHeadUnderAnAdapterLearnsAndIsSavedMerged() {
        Path backbone = GOLDENS.resolve("llama-tied");
        Lora lora = new Lora(4, 8, Set.of(LoraTarget.Q_PROJ));
        float[][] learned;
        try (ScoringModel model = ENGINE.withHeadAndAdapter(backbone, labels(2), 7, EngineOptions.DEFAULT, lora)) {
            float[][] before = model.labelScores(SEQUENCES);
            try (ScoringModel plain = ENGINE.withHead(backbone, labels(2), 7, EngineOptions.DEFAULT)) {
                assertThat(before).as("an adapter starts as nothing").isDeepEqualTo(plain.labelScores(SEQUENCES));
            }
            for (int i = 0; i < 20; i++) {
                try (ScoringModel.ForwardPass pass = model.forward(SEQUENCES)) {
                    pass.backward(new double[][] {{-1, 0}, {1, 0}});
                }
                model.step(AdamW.of(1e-2, 1));
            }
            learned = model.labelScores(SEQUENCES);
            assertThat(learned[0][0] - learned[1][0]).isGreaterThan(before[0][0] - before[1][0] + 0.1f);
            model.save(folder.resolve("merged"), WeightType.F32);
        }
        try (ScoringModel merged = ENGINE.loadScoring(folder.resolve("merged"))) {
            float[][] again = merged.labelScores(SEQUENCES);
            for (int s = 0; s < again.length; s++) {
                for (int label = 0; label < 2; label++) {
                    assertThat(again[s][label]).isCloseTo(learned[s][label], within(1e-4f));
                }
            }
        }
    }
}
