package dev.tribunal.languagemodel.local.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.architecture.Rope;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.languagemodel.local.TinyCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class CheckpointsTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final List<int[]> SEQUENCES = List.of(new int[] {5, 6, 7}, new int[] {8}, new int[] {5, 6});

    @TempDir
    private Path parent;

    private Path directory;

    @BeforeEach
    void initialize() {
        directory = TinyCheckpoint.in(parent, true);
    }

    @Test
    void inspectionTellsWhatIsThere() {
        CheckpointSummary summary = new LocalEngine().inspect(directory);
        assertThat(summary.configuration()).isEqualTo(TinyCheckpoint.configuration(true));
        assertThat(summary.parameters()).isEqualTo(16728);
        assertThat(summary.digest())
                .matches("[0-9a-f]{64}")
                .isEqualTo(new LocalEngine().inspect(directory).digest());
        assertThat(summary.scalarHead()).isFalse();
        assertThat(summary.chatTemplate()).isTrue();
    }

    @Test
    void theDigestChangesWithAnyWeight() throws IOException {
        String before = new LocalEngine().inspect(directory).digest();
        byte[] weights = Files.readAllBytes(weights());
        weights[weights.length - 1] ^= 1;
        Files.write(weights(), weights);
        assertThat(new LocalEngine().inspect(directory).digest()).isNotEqualTo(before);
    }

    @Test
    void theSameSeedGivesTheSameWeights() throws IOException {
        Path again = parent.resolve("again");
        new LocalEngine().initialize(TinyCheckpoint.configuration(true), TinyCheckpoint.tokenizer(parent), 7, again);
        assertThat(again.resolve("model.safetensors")).hasSameBinaryContentAs(weights());
        Path other = parent.resolve("other");
        new LocalEngine().initialize(TinyCheckpoint.configuration(true), TinyCheckpoint.tokenizer(parent), 8, other);
        assertThat(Files.mismatch(other.resolve("model.safetensors"), weights()))
                .isNotNegative();
    }

    @Test
    void anUntrainedModelKnowsNothing() {
        try (LanguageModel model = new LocalEngine().load(directory)) {
            float logProb = model.nextTokenLogProbs(List.of(new int[] {5, 6, 7}), new int[] {9})[0][0];
            assertThat((double) logProb).isBetween(-Math.log(260) - 0.3, -Math.log(260) + 0.3);
        }
    }

    @Test
    void savedInFp32ItIsTheSameBitForBit() throws IOException {
        try (LanguageModel model = new LocalEngine().load(directory)) {
            model.save(parent.resolve("saved"), WeightType.F32);
        }
        assertThat(parent.resolve("saved").resolve("model.safetensors")).hasSameBinaryContentAs(weights());
        assertThat(new LocalEngine().inspect(parent.resolve("saved")).configuration())
                .isEqualTo(TinyCheckpoint.configuration(true));
        assertThat(parent.resolve("saved").resolve("tokenizer.json"))
                .hasSameBinaryContentAs(directory.resolve("tokenizer.json"));
    }

    @ParameterizedTest
    @EnumSource
    void savingWhatWasSavedChangesNothing(WeightType type) throws IOException {
        try (LanguageModel model = new LocalEngine().load(directory)) {
            model.save(parent.resolve("once"), type);
        }
        try (LanguageModel model = new LocalEngine().load(parent.resolve("once"))) {
            model.save(parent.resolve("twice"), type);
        }
        for (String file : List.of("model.safetensors", "config.json")) {
            assertThat(parent.resolve("twice").resolve(file))
                    .hasSameBinaryContentAs(parent.resolve("once").resolve(file));
        }
    }

    @Test
    void savingNeverOverwrites() {
        try (LanguageModel model = new LocalEngine().load(directory)) {
            assertThatThrownBy(() -> model.save(directory, WeightType.F32))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("exists already");
        }
    }

    @Test
    void aScalarHeadStartsAtZeroLearnsAndIsKept() {
        Path saved = parent.resolve("scoring");
        float[] learned;
        try (ScoringModel model = new LocalEngine().withScalarHead(directory)) {
            assertThat(model.scores(SEQUENCES)).containsExactly(0, 0, 0);
            for (int i = 0; i < 10; i++) {
                try (ScoringModel.ForwardPass pass = model.forward(SEQUENCES)) {
                    pass.backward(new double[] {-1, 1, 0});
                }
                model.step(AdamW.of(1e-2, 1));
            }
            learned = model.scores(SEQUENCES);
            model.save(saved, WeightType.F32);
        }
        assertThat(learned[0]).isGreaterThan(learned[1]);
        assertThat(new LocalEngine().inspect(saved).scalarHead()).isTrue();
        try (ScoringModel model = new LocalEngine().loadScoring(saved)) {
            assertThat(model.scores(SEQUENCES)).containsExactly(learned);
        }
        assertThatThrownBy(() -> new LocalEngine().load(saved)).hasMessageContaining("has a head of scores");
        assertThatThrownBy(() -> new LocalEngine().withScalarHead(saved))
                .hasMessageContaining("has a head of scores already");
        assertThatThrownBy(() -> new LocalEngine().loadScoring(directory))
                .hasMessageContaining("has no head of scores");
    }

    @Test
    void aClosedModelSaysSo() {
        LanguageModel model = new LocalEngine().load(directory);
        LanguageModel.ForwardPass pass = model.forward(List.of(new TokenSequence(new int[] {5}, new int[] {6})));
        model.close();
        model.close();
        pass.close();
        assertThatThrownBy(() -> model.nextTokenLogProbs(SEQUENCES, new int[] {9}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the model is closed");
    }

    @Test
    void anInterruptedCallerStillClosesTheModel() {
        LanguageModel model = new LocalEngine().load(directory);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> model.nextTokenLogProbs(SEQUENCES, new int[] {9}))
                .hasMessage("interrupted while waiting for the model");
        model.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> model.clearGradient()).hasMessage("the model is closed");
    }

    @Test
    void shardsAreReadAsOne() throws IOException {
        float[][] whole;
        try (LanguageModel model = new LocalEngine().load(directory)) {
            whole = model.nextTokenLogProbs(SEQUENCES, new int[] {9, 10});
        }
        shard();
        try (LanguageModel model = new LocalEngine().load(directory)) {
            assertThat(model.nextTokenLogProbs(SEQUENCES, new int[] {9, 10})).isEqualTo(whole);
        }
        Files.delete(directory.resolve("second.safetensors"));
        refused("second.safetensors does not exist");
    }

    /** The file once more whole, and once without its first tensor; the index takes that one from the former. */
    private void shard() throws IOException {
        JsonNode header = header();
        ObjectNode places = JSON.createObjectNode();
        header.propertyNames().stream()
                .filter(name -> !name.startsWith("__"))
                .forEach(name -> places.put(name, places.isEmpty() ? "first.safetensors" : "second.safetensors"));
        Files.copy(weights(), directory.resolve("first.safetensors"));
        Files.move(weights(), directory.resolve("second.safetensors"));
        Files.writeString(
                directory.resolve("model.safetensors.index.json"),
                JSON.writeValueAsString(JSON.createObjectNode().set("weight_map", places)));
    }

    @Test
    void aTiedHeadMayBeThereOnceMoreButNoOther() throws IOException {
        int size = 4 * (int) new LocalEngine().inspect(directory).parameters();
        int embedding = 4 * TinyCheckpoint.VOCABULARY * 24; // the first of the tensors
        byte[] whole = Files.readAllBytes(weights());
        byte[] values = Arrays.copyOfRange(whole, whole.length - size, whole.length + embedding);
        System.arraycopy(values, 0, values, size, embedding);
        ObjectNode header = (ObjectNode) header();
        ObjectNode head = header.putObject("lm_head.weight");
        head.put("dtype", "F32");
        head.putArray("shape").add(TinyCheckpoint.VOCABULARY).add(24);
        head.putArray("data_offsets").add(size).add(size + embedding);
        Files.write(weights(), file(header.toString(), values));
        assertThat(new LocalEngine().inspect(directory).parameters()).isEqualTo(size / 4);
        values[values.length - 1] ^= 1;
        Files.write(weights(), file(header.toString(), values));
        refused("tie_word_embeddings is true, but lm_head.weight is not the same as model.embed_tokens.weight");
    }

    @Test
    void anIndexThatLooksForTheTiedHeadInTheWrongFileIsRefused() throws IOException {
        shard();
        Path index = directory.resolve("model.safetensors.index.json");
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(index));
        json.withObject("weight_map").put("lm_head.weight", "second.safetensors");
        Files.write(index, JSON.writeValueAsBytes(json));
        refused("lm_head.weight is not the same as model.embed_tokens.weight");
    }

    @Test
    void anIndexMayNotLeaveItsDirectory() throws IOException {
        Files.delete(weights());
        Files.writeString(directory.resolve("model.safetensors.index.json"), """
                {"weight_map": {"model.norm.weight": "../elsewhere.safetensors"}}""");
        refused("outside its directory");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            model_type | "gpt2" | model_type is "gpt2"; supported are "llama", "mistral", "qwen2", "qwen3"
            attention_bias | 1 | attention_bias is 1, but must be true or false
            attention_bias | true | model.layers.0.self_attn.k_proj.bias is missing
            soft_cap | 30 | soft_cap is 30, which is not supported
            mlp_bias | true | mlp_bias is true, which is not supported
            sliding_window | 4096 | sliding_window is 4096, which is not supported
            hidden_act | "gelu" | hidden_act is "gelu", which is not supported
            pretraining_tp | 2 | pretraining_tp is 2, which is not supported
            rope_scaling | {"type": "yarn"} | rope_scaling.rope_type is "yarn"; supported are "default", "linear"
            rope_scaling | {"type": "linear"} | rope_scaling.factor is missing
            rope_scaling | {"type": "linear", "factor": 2, "mscale": 1} \
                    | rope_scaling.mscale is 1, which is not supported
            rope_parameters | {"rope_type": "llama3"} | rope_parameters.original_max_position_embeddings is missing
            rope_parameters | {"full_attention": {}} | rope_parameters.full_attention is {}, which is not supported
            rope_parameters | 4 | rope_parameters is 4, but must be an object
            quantization_config | {"bits": 4} | quantization_config is {"bits":4}, which is not supported
            num_key_value_heads | 3 | num_key_value_heads 3 does not divide num_attention_heads 4
            head_dim | 7 | head_dim is 7, but must be even
            hidden_size | null | hidden_size is missing
            vocab_size | -1 | vocab_size is -1, but must be a positive whole number
            rms_norm_eps | 0 | rms_norm_eps is 0, but must be a positive number
            intermediate_size | 41 | mlp.down_proj.weight has shape [24, 40], but the configuration asks for [24, 41]
            num_hidden_layers | 3 | model.layers.2.input_layernorm.weight is missing
            num_hidden_layers | 1 | model.layers.1.input_layernorm.weight is not a tensor of this architecture
            tie_word_embeddings | false | lm_head.weight is missing
            """)
    void configurationsThatDoNotFitAreRefusedByName(String field, String value, String message) throws IOException {
        configure(field, value);
        refused(message);
    }

    @Test
    void allThatIsWrongIsNamedAtOnce() throws IOException {
        configure("mlp_bias", "true");
        configure("rope_scaling", "{\"rope_type\": \"yarn\"}");
        configure("hidden_size", "\"wide\"");
        assertThatThrownBy(() -> new LocalEngine().inspect(directory))
                .hasMessageContaining("mlp_bias is true")
                .hasMessageContaining("rope_scaling.rope_type is \"yarn\"")
                .hasMessageContaining("hidden_size is \"wide\"");
    }

    @Test
    void neutralFieldsAreRead() throws IOException {
        for (String field : List.of("attention_bias", "sliding_window", "rope_scaling", "quantization_config")) {
            configure(field, "null");
        }
        configure("pretraining_tp", "1");
        configure("rope_theta", "null");
        configure("rope_parameters", "{\"rope_type\": \"default\", \"rope_theta\": 500000.0}");
        assertThat(new LocalEngine().inspect(directory).configuration().rope()).isEqualTo(Rope.of(500_000));
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        assertThatThrownBy(() -> new LocalEngine().inspect(parent.resolve("nowhere")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("there is no model directory")
                .hasMessageContaining("nowhere");
        Files.move(weights(), directory.resolve("pytorch_model.bin"));
        refused("convert pytorch_model.bin to safetensors first");
        Files.delete(directory.resolve("tokenizer.json"));
        refused("has no tokenizer.json");
        Files.delete(directory.resolve("config.json"));
        refused("has no config.json");
    }

    @Test
    void brokenFilesAreNamed() throws IOException {
        byte[] whole = Files.readAllBytes(weights());
        Files.write(weights(), Arrays.copyOf(whole, whole.length - 100));
        refused("model.safetensors is not a whole safetensors file: it is truncated");
        Files.write(weights(), Arrays.copyOf(whole, 500));
        refused("its header is");
        Files.write(weights(), new byte[3]);
        refused("it has 3 bytes");
        Files.writeString(weights(), "<!doctype html><html>not found</html>");
        refused("its header would be");
        Files.write(weights(), file("not json at all.", 0));
        refused("its header is not JSON");
        Files.write(weights(), file("{\"a\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 8]}}", 8));
        refused("the bytes 0 to 8 of a do not fit its shape and type");
        Files.write(weights(), file("{\"a\": {\"dtype\": \"F32\", \"shape\": [-2, -1], \"data_offsets\": [0, 8]}}", 8));
        refused("the bytes 0 to 8 of a do not fit its shape and type");
        String integers = new String(whole, ISO_8859_1)
                .replace("\"model.norm.weight\":{\"dtype\":\"F32\"", "\"model.norm.weight\":{\"dtype\":\"I32\"");
        Files.write(weights(), integers.getBytes(ISO_8859_1));
        refused("model.norm.weight is I32; only F32, F16 and BF16 are read");
        Files.write(weights(), whole);
        Files.writeString(directory.resolve("config.json"), "{");
        refused("config.json is not JSON");
    }

    @Test
    void aTokenizerThatDoesNotFitIsRefused() throws IOException {
        ModelConfiguration small = new ModelConfiguration("llama", 200, 24, 40, 1, 4, 2, 8, 128, 1e-5, 10_000, true);
        assertThatThrownBy(() -> new LocalEngine().initialize(small, directory, 1, parent.resolve("small")))
                .hasMessageContaining("the tokenizer has 260 tokens, but the model's vocabulary has 200");
        Files.writeString(directory.resolve("tokenizer.json"), "{}");
        refused("tokenizer.json cannot be read");
    }

    private static byte[] file(String header, int bytes) {
        return file(header, new byte[bytes]);
    }

    private static byte[] file(String header, byte[] values) {
        return ByteBuffer.allocate(8 + header.length() + values.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length())
                .put(header.getBytes(UTF_8))
                .put(values)
                .array();
    }

    private JsonNode header() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(weights())).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) bytes.getLong()];
        bytes.get(header);
        return JSON.readTree(header);
    }

    private void configure(String field, String value) throws IOException {
        Path file = directory.resolve("config.json");
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
        json.set(field, JSON.readTree(value));
        Files.write(file, JSON.writeValueAsBytes(json));
    }

    private void refused(String message) {
        assertThatThrownBy(() -> new LocalEngine().inspect(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }

    private Path weights() {
        return directory.resolve("model.safetensors");
    }
}
