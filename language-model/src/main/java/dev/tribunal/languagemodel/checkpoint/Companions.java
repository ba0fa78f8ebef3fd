package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.ModelConfiguration;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The small files beside the weights, held in memory, so that a model can be saved wherever it came from.
 *
 * @param files content by file name, sorted; what the directory does not have is left out
 */
public record Companions(Map<String, byte[]> files) {

    public static final String CONFIGURATION = "config.json";
    public static final String GENERATION = "generation_config.json";
    public static final String TOKENIZER = "tokenizer.json";
    public static final String TOKENIZER_CONFIGURATION = "tokenizer_config.json";
    public static final String CHAT_TEMPLATE = "chat_template.jinja";

    private static final String[] NAMES = {
        CONFIGURATION,
        GENERATION,
        TOKENIZER,
        TOKENIZER_CONFIGURATION,
        CHAT_TEMPLATE,
        "special_tokens_map.json",
        "LICENSE"
    };
    private static final JsonMapper JSON = new JsonMapper();

    /** @throws CheckpointException if a file that every checkpoint needs is missing */
    static Companions read(Path directory) {
        require(directory, CONFIGURATION);
        return readTokenizer(directory);
    }

    /** A directory that may have no {@code config.json}. */
    public static Companions readTokenizer(Path directory) {
        require(directory, TOKENIZER);
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : NAMES) {
            Path file = directory.resolve(name);
            if (Files.isRegularFile(file)) {
                files.put(name, bytes(file));
            }
        }
        return new Companions(files);
    }

    private static void require(Path directory, String name) {
        if (!Files.isRegularFile(directory.resolve(name))) {
            throw new CheckpointException(directory.resolve(name), directory + " has no " + name);
        }
    }

    /** An empty object if there is no such file. */
    public JsonNode json(String name) {
        byte[] content = files.get(name);
        if (content == null) {
            return JSON.createObjectNode();
        }
        return parse(Path.of(name), content);
    }

    /** @throws CheckpointException if the file holds no JSON object */
    public static JsonNode json(Path file) {
        return parse(file, bytes(file));
    }

    private static JsonNode parse(Path file, byte[] content) {
        try {
            JsonNode json = JSON.readTree(content);
            if (json.isObject()) {
                return json;
            }
            throw new CheckpointException(file, file + " is no JSON object");
        } catch (JacksonException notJson) {
            throw new CheckpointException(file, file + " is not JSON: " + notJson.getOriginalMessage(), notJson);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new CheckpointException(file, file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    JsonNode configuration() {
        return json(CONFIGURATION);
    }

    boolean isSequenceClassification() {
        return configuration().path("architectures").path(0).asString("").endsWith("ForSequenceClassification");
    }

    /** The same files, with a configuration that says what is saved now. */
    Companions saving(Head head, String weightType) {
        ObjectNode json = ((ObjectNode) configuration()).deepCopy();
        json.remove("dtype");
        json.put("torch_dtype", weightType);
        json.remove("architectures");
        boolean scalar = head == Head.SCALAR;
        json.putArray("architectures").add(scalar ? "LlamaForSequenceClassification" : "LlamaForCausalLM");
        if (scalar) {
            json.put("num_labels", 1);
            json.putObject("id2label").put("0", "LABEL_0");
            json.putObject("label2id").put("LABEL_0", 0);
        }
        return with(CONFIGURATION, json);
    }

    /** The same files for a new model. */
    public Companions configuredAs(ModelConfiguration model, int[] endOfSequenceIds) {
        ObjectNode json = JSON.createObjectNode();
        ConfigurationFile.write(model, json);
        json.set("eos_token_id", JSON.valueToTree(endOfSequenceIds));
        return with(CONFIGURATION, json);
    }

    private Companions with(String name, JsonNode content) {
        Map<String, byte[]> changed = new TreeMap<>(files);
        changed.put(name, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
        return new Companions(changed);
    }
}
