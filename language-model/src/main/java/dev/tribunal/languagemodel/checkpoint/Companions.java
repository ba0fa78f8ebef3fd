package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
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
    public static final String SPECIAL_TOKENS = "special_tokens_map.json";

    /** The directory of chat templates with names, which are files like {@code tool_use.jinja}. */
    public static final String ADDITIONAL_CHAT_TEMPLATES = "additional_chat_templates/";

    private static final String[] NAMES = {
        CONFIGURATION, GENERATION, TOKENIZER, TOKENIZER_CONFIGURATION, CHAT_TEMPLATE, SPECIAL_TOKENS, "LICENSE"
    };
    private static final long MOST_BYTES = 8L << 20; // Gemma's tokenizer_config.json has one mebibyte
    private static final long MOST_TOKENIZER_BYTES = 64L << 20; // Gemma's has 33
    private static final long MOST_CONFIGURATION_BYTES = 1L << 20;
    private static final int MOST_TEMPLATES = 100;
    private static final int MOST_LABELS = 65_536;
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
            if (Files.exists(file)) {
                files.put(name, bytes(file));
            }
        }
        readTemplates(directory.resolve(ADDITIONAL_CHAT_TEMPLATES), files);
        return new Companions(files);
    }

    private static void readTemplates(Path directory, Map<String, byte[]> files) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (var templates = Files.newDirectoryStream(directory, "*.jinja")) {
            int read = 0;
            for (Path file : templates) {
                if (++read > MOST_TEMPLATES) {
                    throw new CheckpointException(
                            directory, directory + " has more than " + MOST_TEMPLATES + " chat templates");
                }
                files.put(ADDITIONAL_CHAT_TEMPLATES + file.getFileName(), bytes(file));
            }
        } catch (IOException unreadable) {
            throw new CheckpointException(
                    directory, directory + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
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
        return SmallFile.read(
                file,
                switch (file.getFileName().toString()) {
                    case TOKENIZER -> MOST_TOKENIZER_BYTES;
                    case CONFIGURATION, GENERATION -> MOST_CONFIGURATION_BYTES;
                    default -> MOST_BYTES;
                });
    }

    JsonNode configuration() {
        return json(CONFIGURATION);
    }

    boolean isSequenceClassification() {
        return configuration().path("architectures").path(0).asString("").endsWith("ForSequenceClassification");
    }

    /**
     * What a sequence-classification checkpoint scores, in the order of {@code score.weight}'s rows. As transformers
     * has it, that is {@code id2label}, or else {@code num_labels} labels without a name, or else two.
     */
    List<String> labels() {
        JsonNode names = configuration().path("id2label");
        JsonNode count = configuration().path("num_labels");
        if (count.isNumber() && count.asDouble() > MOST_LABELS) {
            throw new CheckpointException(
                    Path.of(CONFIGURATION),
                    CONFIGURATION + ": num_labels is " + count + ", but may be " + MOST_LABELS + " at most");
        }
        if (!names.isObject()) {
            return unnamedLabels(count.isInt() && count.asInt() > 0 ? count.asInt() : 2);
        }
        List<String> labels = IntStream.range(0, names.size())
                .mapToObj(i -> names.path(Integer.toString(i)).asString(""))
                .toList();
        if (labels.isEmpty() || labels.contains("") || count.isInt() && count.asInt() != labels.size()) {
            throw new CheckpointException(
                    Path.of(CONFIGURATION),
                    CONFIGURATION + ": id2label is " + Fields.shown(names)
                            + ", but must name the labels 0 to num_labels - 1");
        }
        return labels;
    }

    /** Named as transformers does it. */
    public static List<String> unnamedLabels(int count) {
        return IntStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList();
    }

    /** The same files, with a configuration that says what is saved now. */
    Companions saving(Head head, String weightType) {
        ObjectNode json = ((ObjectNode) configuration()).deepCopy();
        json.remove("dtype");
        json.put("torch_dtype", weightType);
        json.remove("architectures");
        String family = Family.of(json.path("model_type").stringValue())
                .map(Family::className)
                .orElseThrow();
        String purpose = head instanceof Head.Scores ? "ForSequenceClassification" : "ForCausalLM";
        json.putArray("architectures").add(family + purpose);
        if (head instanceof Head.Scores(List<String> labels)) {
            json.put("num_labels", labels.size());
            ObjectNode names = json.putObject("id2label");
            ObjectNode ids = json.putObject("label2id");
            for (int i = 0; i < labels.size(); i++) {
                names.put(Integer.toString(i), labels.get(i));
                ids.put(labels.get(i), i);
            }
        }
        return with(CONFIGURATION, json);
    }

    /**
     * The same files for a new model.
     *
     * @throws IllegalArgumentException if it is another than a plain llama
     */
    public Companions configuredAs(ModelConfiguration model, int[] endOfSequenceIds) {
        ObjectNode json = JSON.createObjectNode();
        ConfigurationFile.write(model, json);
        if (!ConfigurationFile.read(Path.of(CONFIGURATION), json).equals(model)) {
            throw new IllegalArgumentException("a new model can only be a plain llama, not " + model);
        }
        json.set("eos_token_id", JSON.valueToTree(endOfSequenceIds));
        return with(CONFIGURATION, json);
    }

    private Companions with(String name, JsonNode content) {
        Map<String, byte[]> changed = new TreeMap<>(files);
        changed.put(name, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
        return new Companions(changed);
    }
}
