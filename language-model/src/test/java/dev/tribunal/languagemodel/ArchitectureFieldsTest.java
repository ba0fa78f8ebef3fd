package dev.tribunal.languagemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.languagemodel.architecture.Attention;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.architecture.Rope;
import dev.tribunal.languagemodel.local.LocalEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the families' own fields in {@code config.json} mean, and which of their values are refused. */
class ArchitectureFieldsTest {

    private static final Path GOLDENS = Path.of("src/test/resources/goldens");
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            mistral-full | {"sliding_window": 7} | 7 | true, true
            mistral-full | {"sliding_window": null} | 0 | false, false
            qwen2-tied | {"use_sliding_window": false, "sliding_window": 7, "layer_types": null} | 0 | false, false
            qwen2-tied | {"use_sliding_window": true, "sliding_window": 7, "layer_types": null, "max_window_layers": 1} \
                    | 7 | false, true
            qwen2-tied | {"use_sliding_window": true, "sliding_window": 7, "layer_types": null, "max_window_layers": 0} \
                    | 7 | true, true
            qwen2-tied | {"use_sliding_window": true, "sliding_window": 7, "layer_types": null, "max_window_layers": 2} \
                    | 0 | false, false
            qwen3-tied | {"use_sliding_window": true, "sliding_window": 7, "layer_types": ["sliding_attention", "full_attention"]} \
                    | 7 | true, false
            """)
    void theWindowIsWhereTransformersHasIt(String golden, String fields, int window, String windowed)
            throws IOException {
        Attention attention =
                new LocalEngine().inspect(with(golden, fields)).configuration().attention();
        assertThat(attention.window()).isEqualTo(window);
        assertThat(attention.windowed())
                .isEqualTo(Stream.of(windowed.split(", ")).map(Boolean::valueOf).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            mistral-full | {"sliding_window": 0} | sliding_window is 0, but must be a positive whole number
            mistral-full | {"attention_bias": true} | attention_bias is true, which is not supported
            mistral-full | {"num_key_value_heads": null} | num_key_value_heads is missing
            qwen2-tied | {"use_sliding_window": true, "sliding_window": 7, "layer_types": null, "max_window_layers": null} \
                    | max_window_layers is missing
            qwen2-tied | {"layer_types": ["full_attention"]} | for each of 2 layers
            qwen2-tied | {"layer_types": ["full_attention", "chunked_attention"]} | for each of 2 layers
            qwen2-tied | {"layer_types": ["full_attention", "sliding_attention"]} \
                    | use_sliding_window and sliding_window give no window
            qwen2-tied | {"attention_bias": true} | attention_bias is true, which is not supported
            qwen2-tied | {"model_type": "qwen3"} | head_dim is missing
            qwen3-tied | {"attention_bias": true} | self_attn.k_proj.bias is missing
            qwen3-tied | {"model_type": "llama"} | max_window_layers is 28, which is not supported
            qwen3-one-label | {"id2label": {"1": "good"}} | must name the labels 0 to num_labels - 1
            qwen3-one-label | {"num_labels": 4} | must name the labels 0 to num_labels - 1
            qwen3-one-label | {"id2label": null} \
                    | score.weight has shape [1, 24], but the configuration asks for [2, 24]
            """)
    void whatDoesNotFitIsRefusedByName(String golden, String fields, String message) throws IOException {
        Path checkpoint = with(golden, fields);
        assertThatThrownBy(() -> new LocalEngine().inspect(checkpoint))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }

    @Test
    void dynamicPositionsReachFurtherByTheirFactor() {
        ModelConfiguration model =
                new LocalEngine().inspect(GOLDENS.resolve("llama-dynamic-rope")).configuration();
        assertThat(model.rope()).isEqualTo(new Rope(1000, new Rope.Dynamic(4, 16)));
        assertThat(model.maxPositions()).isEqualTo(64);
    }

    @Test
    void aModelOfSeveralLabelsHasNoScore() {
        List<int[]> sequences = List.of(new int[] {5, 6}, new int[] {7});
        assertThat(new LocalEngine()
                        .inspect(GOLDENS.resolve("llama-three-labels"))
                        .scalarHead())
                .isFalse();
        try (ScoringModel model = new LocalEngine().loadScoring(GOLDENS.resolve("llama-three-labels"))) {
            assertThatThrownBy(() -> model.scores(sequences))
                    .hasMessage("the model scores 3 labels; ask for labelScores");
            try (ScoringModel.ForwardPass pass = model.forward(sequences)) {
                assertThatThrownBy(pass::scores).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> pass.backward(new double[] {1, 1}))
                        .hasMessage("sequence 0 has 1 weights for 3 labels");
                assertThatThrownBy(() -> pass.backward(new double[][] {{1, 2, 3}, {1, Double.NaN, 3}}))
                        .hasMessage("weight of sequence 1, label 1 is NaN, but must be finite");
            }
        }
    }

    private Path with(String golden, String fields) throws IOException {
        try (Stream<Path> files = Files.list(GOLDENS.resolve(golden))) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        Path file = directory.resolve("config.json");
        ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
        json.setAll((ObjectNode) JSON.readTree(fields));
        Files.write(file, JSON.writeValueAsBytes(json));
        return directory;
    }
}
