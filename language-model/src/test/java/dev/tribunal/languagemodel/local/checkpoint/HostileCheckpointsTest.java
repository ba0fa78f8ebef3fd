package dev.tribunal.languagemodel.local.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.languagemodel.local.TinyCheckpoint;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Directories that say they are larger than they are, or are: refused before anything of that size is built. */
class HostileCheckpointsTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path parent;

    private Path directory;

    @BeforeEach
    void initialize() {
        directory = TinyCheckpoint.in(parent, true);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            num_hidden_layers | 1000000 | num_hidden_layers is 1000000, but must be at most 16384
            num_hidden_layers | 2147483647 | num_hidden_layers is 2147483647, but must be at most
            num_hidden_layers | 99999999999999999999 | num_hidden_layers is 99999999999999999999, but must be at most
            num_hidden_layers | 16000 | num_hidden_layers is 16000, but the weight files hold 20 tensors in all
            vocab_size | 2147483647 | vocab_size is 2147483647, but must be at most 16777216
            vocab_size | 16777216 | model.embed_tokens.weight has shape [260, 24], but the configuration asks for
            hidden_size | 2147483647 | hidden_size is 2147483647, but must be at most
            hidden_size | 16777216 | model.embed_tokens.weight has shape
            intermediate_size | 2000000000 | intermediate_size is 2000000000, but must be at most
            num_attention_heads | 2000000000 | num_attention_heads is 2000000000, but must be at most 65536
            num_attention_heads | 65536 | q_proj.weight has shape
            head_dim | 2000000000 | head_dim is 2000000000, but must be at most 65536
            head_dim | 65536 | q_proj.weight has shape
            max_position_embeddings | 2147483647 | max_position_embeddings is 2147483647, but must be at most
            rope_scaling | {"type": "dynamic", "factor": 1e9} | max_position_embeddings times factor is
            num_labels | 2000000000 | num_labels is 2000000000, but may be 65536 at most
            """)
    void aSizeIsHeldAgainstTheFilesBeforeItIsBelieved(String field, String value, String message) throws IOException {
        if (field.equals("num_labels")) {
            configure("architectures", "[\"LlamaForSequenceClassification\"]");
        }
        configure(field, value);
        refused(message);
    }

    @Test
    void positionsThatNobodyUsesCostNothing() throws IOException {
        float[][] before = logProbs();
        configure("max_position_embeddings", "16777216");
        assertThat(logProbs()).isEqualTo(before);
    }

    private float[][] logProbs() {
        try (LanguageModel model = new LocalEngine().load(directory)) {
            return model.nextTokenLogProbs(List.of(new int[] {5, 6, 7}), new int[] {9, 10});
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config.json",
                "generation_config.json",
                "tokenizer.json",
                "tokenizer_config.json",
                "chat_template.jinja",
                "special_tokens_map.json",
                "LICENSE",
                "model.safetensors.index.json",
                "additional_chat_templates/large.jinja"
            })
    void aFileThatIsReadWholeMayNotBeLarge(String name) throws IOException {
        if (name.endsWith("index.json")) {
            Files.delete(weights());
        }
        Files.createDirectories(directory.resolve(name).getParent());
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
            file.setLength(8L << 30); // without a byte on the disk
        }
        refused(name.substring(name.indexOf('/') + 1) + " has 8589934592 bytes, but may have");
    }

    @Test
    void whatIsNotARegularFileIsNotRead() throws Exception {
        Path pipe = directory.resolve("generation_config.json");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
        refused("generation_config.json is not a regular file");
        Files.delete(pipe);
        Files.delete(weights());
        Files.createDirectory(weights());
        refused("model.safetensors is not a file");
    }

    @Test
    void theKernelsLogIsNotWaitedFor() throws IOException {
        assumeTrue(Files.isReadable(Path.of("/proc/kmsg")));
        Files.delete(directory.resolve("config.json"));
        Files.createSymbolicLink(directory.resolve("config.json"), Path.of("/proc/kmsg"));
        refused("config.json is no JSON object");
    }

    @Test
    void deepAndLongJsonIsRefusedInFewWords() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{\"a\":" + "[".repeat(400_000));
        refusedShortly("config.json is not JSON");
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"" + "x".repeat(500_000) + "\"}");
        refusedShortly("model_type is \"xxx");
        StringBuilder fields = new StringBuilder("{\"model_type\": \"llama\"");
        for (int i = 0; i < 20_000; i++) {
            fields.append(", \"field")
                    .append(i)
                    .append("\": \"")
                    .append("y".repeat(20))
                    .append('"');
        }
        Files.writeString(directory.resolve("config.json"), fields + "}");
        refusedShortly("field0 is \"yyy");
    }

    @Test
    void aHeaderIsShortAndNamesATensorOnce() throws IOException {
        Files.write(
                weights(),
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(9 << 20)
                        .array());
        refused("its header would be 9437184 bytes long");
        Files.write(weights(), file("{" + tensor("a", 0) + ", " + tensor("a", 0) + "}", 4));
        refused("Duplicate");
        Files.write(weights(), file("{" + tensor("a", 0) + ", " + tensor("b", 0) + "}", 4));
        refused("the bytes of b are another tensor's as well");
        Files.write(weights(), file("{" + tensor("a", 0) + ", " + tensor("b", 8) + "}", 12));
        refused("the bytes of b do not follow another tensor's");
        Files.write(
                weights(),
                file(
                        "{\"a\": {\"dtype\": \"F32\", \"shape\": [9223372036854775807, 4],"
                                + " \"data_offsets\": [0, 4]}}",
                        4));
        refused("the bytes 0 to 4 of a do not fit its shape and type");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../model.safetensors",
                "/etc/passwd",
                "sub/../model.safetensors",
                "..",
                "",
                "config.json",
                "a\\u0000.safetensors"
            })
    void anIndexNamesWeightFilesOfItsDirectoryOnly(String name) throws IOException {
        Files.delete(weights());
        Files.writeString(
                directory.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"model.norm.weight\": \"" + name + "\"}}");
        refused("outside its directory, or one that is not *.safetensors");
    }

    @Test
    void anAdapterOfAnyRankIsHeldAgainstItsFile() throws IOException {
        try (LanguageModel model = new LocalEngine()
                .loadWithNewAdapter(directory, EngineOptions.DEFAULT, new Lora(2, 4, Lora.ALL_LINEAR), 1)) {
            model.saveAdapter(parent.resolve("adapter"));
        }
        Path file = parent.resolve("adapter").resolve("adapter_config.json");
        for (int rank : new int[] {Integer.MAX_VALUE, 65_536}) {
            ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
            json.put("r", rank);
            Files.write(file, JSON.writeValueAsBytes(json));
            assertThatThrownBy(() -> new LocalEngine()
                            .loadWithAdapter(directory, EngineOptions.DEFAULT, parent.resolve("adapter")))
                    .isInstanceOf(CheckpointException.class);
        }
    }

    private static String tensor(String name, int begin) {
        return "\"%s\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [%d, %d]}"
                .formatted(name, begin, begin + 4);
    }

    private static byte[] file(String header, int bytes) {
        return ByteBuffer.allocate(8 + header.length() + bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length())
                .put(header.getBytes(UTF_8))
                .array();
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

    private void refusedShortly(String message) {
        assertThatThrownBy(() -> new LocalEngine().inspect(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message)
                .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(5000));
    }

    private Path weights() {
        return directory.resolve("model.safetensors");
    }
}
