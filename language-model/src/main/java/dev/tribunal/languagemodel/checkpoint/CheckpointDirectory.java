package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A Hugging Face directory, opened: everything but the weights' values is read and checked. */
public final class CheckpointDirectory implements FloatSource {

    private static final String WEIGHTS = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String HEAD = "lm_head.weight";
    private static final Pattern SHARD = Pattern.compile("[^/\\\\\\p{Cntrl}]{1,200}\\.safetensors");
    private static final int MOST_SHARDS = 4096;
    private static final int NAMED_AT_ONCE = 5;

    private final Path path;
    private final Companions companions;
    private final ModelConfiguration configuration;
    private final Map<String, SafetensorsFile> files; // by tensor

    private CheckpointDirectory(Path path) {
        this.path = path;
        companions = Companions.read(path);
        configuration = ConfigurationFile.read(path.resolve(Companions.CONFIGURATION), companions.configuration());
        files = weightFiles();
        requireLayers();
    }

    /** Before anything is built that is as large as the configuration says. */
    private void requireLayers() {
        if (configuration.layers() > files.size()) {
            Path file = path.resolve(Companions.CONFIGURATION);
            throw new CheckpointException(
                    file,
                    file + ": num_hidden_layers is " + configuration.layers() + ", but the weight files hold "
                            + files.size() + " tensors in all");
        }
    }

    /** @throws CheckpointException naming the file and what is wrong with it */
    public static CheckpointDirectory open(Path path) {
        if (!Files.isDirectory(path)) {
            throw new CheckpointException(path, "there is no model directory " + path.toAbsolutePath());
        }
        CheckpointDirectory directory = new CheckpointDirectory(path);
        directory.check(directory.layout(directory.head()), Set.of());
        return directory;
    }

    public Path path() {
        return path;
    }

    public ModelConfiguration configuration() {
        return configuration;
    }

    public Companions companions() {
        return companions;
    }

    /** The id that {@code config.json} names for padding; empty if it names none. */
    public OptionalInt paddingId() {
        JsonNode id = companions.configuration().path("pad_token_id");
        return id.isInt() && id.asInt() >= 0 ? OptionalInt.of(id.asInt()) : OptionalInt.empty();
    }

    /** What the files hold on top of the decoder. */
    public Head head() {
        if (files.containsKey("score.weight") || companions.isSequenceClassification()) {
            return new Head.Scores(companions.labels());
        }
        return languageModelHead();
    }

    /** What a language model of this configuration has on top. */
    public Head languageModelHead() {
        return Head.ofLanguageModel(configuration);
    }

    /** What all weights are stored in; fp32 if they differ. */
    public WeightType weightType() {
        Set<String> types = files.values().stream()
                .flatMap(file -> file.tensors().values().stream())
                .map(StoredTensor::type)
                .collect(Collectors.toSet());
        return Arrays.stream(WeightType.values())
                .filter(type -> types.equals(Set.of(type.name())))
                .findFirst()
                .orElse(WeightType.F32);
    }

    public WeightLayout layout(Head head) {
        return WeightLayout.of(configuration, head);
    }

    /** Hands over those of the tensors that the files hold. */
    public void readWeights(List<WeightLayout.Tensor> tensors, WeightSink sink) {
        for (WeightLayout.Tensor tensor : tensors) {
            SafetensorsFile file = files.get(tensor.name());
            if (file != null) {
                file.read(tensor.name(), (offset, values) -> sink.accept(tensor, offset, values));
            }
        }
    }

    /** Values of a tensor that the files hold. */
    @Override
    public float[] read(WeightLayout.Tensor tensor, long offset, int count) {
        SafetensorsFile file = files.get(tensor.name());
        if (file == null) {
            throw new CheckpointException(path, path + " has no tensor " + tensor.name());
        }
        return file.read(tensor.name(), offset, count);
    }

    /** SHA-256 over the configuration, tokenizer and weight files. */
    public String digest() {
        Digest digest = new Digest();
        companions.files().forEach(digest::add);
        files.values().stream().map(SafetensorsFile::path).distinct().sorted().forEach(digest::add);
        return digest.hex();
    }

    private Map<String, SafetensorsFile> weightFiles() {
        Map<String, SafetensorsFile> byTensor = new LinkedHashMap<>();
        Path index = path.resolve(INDEX);
        if (Files.exists(path.resolve(WEIGHTS)) || !Files.exists(index)) {
            requireSafetensors();
            SafetensorsFile whole = SafetensorsFile.open(path.resolve(WEIGHTS));
            whole.tensors().keySet().forEach(name -> byTensor.put(name, whole));
            return byTensor;
        }
        JsonNode places = Companions.json(index).path("weight_map");
        if (!places.isObject()) {
            throw new CheckpointException(index, index + " has no weight_map");
        }
        Map<String, SafetensorsFile> byName = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> place : places.properties()) {
            Path shard = shard(index, place.getValue());
            byTensor.put(
                    place.getKey(),
                    byName.computeIfAbsent(shard.getFileName().toString(), unopened -> SafetensorsFile.open(shard)));
            if (byName.size() > MOST_SHARDS) {
                throw new CheckpointException(index, index + " names more than " + MOST_SHARDS + " files");
            }
        }
        return byTensor;
    }

    private Path shard(Path index, JsonNode named) {
        String name = named.asString("");
        if (!SHARD.matcher(name).matches()) {
            throw new CheckpointException(
                    index,
                    index + " names the file " + Fields.shown(named)
                            + " outside its directory, or one that is not *.safetensors");
        }
        return path.resolve(name);
    }

    private void requireSafetensors() {
        if (Files.exists(path.resolve(WEIGHTS))) {
            return;
        }
        String others;
        try (var listed = Files.list(path)) {
            others = listed.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".bin") || name.endsWith(".gguf") || name.endsWith(".pth"))
                    .sorted()
                    .collect(Collectors.joining(", "));
        } catch (IOException unreadable) {
            throw new CheckpointException(path, path + " cannot be listed: " + unreadable.getMessage(), unreadable);
        }
        throw new CheckpointException(
                path.resolve(WEIGHTS),
                path + " has neither " + WEIGHTS + " nor " + INDEX
                        + (others.isEmpty() ? "" : "; convert " + others + " to safetensors first"));
    }

    /** @param optional tensors that may be absent */
    void check(WeightLayout layout, Set<String> optional) {
        Set<String> problems = new TreeSet<>();
        Set<String> unexpected = new TreeSet<>(files.keySet());
        for (WeightLayout.Tensor tensor : layout.tensors()) {
            unexpected.remove(tensor.name());
            String problem = optional.contains(tensor.name()) ? null : problemOf(tensor);
            if (problem != null) {
                problems.add(problem);
            }
        }
        if (problems.isEmpty() && head() instanceof Head.Tied && !tiedHeadIsSame()) {
            problems.add("tie_word_embeddings is true, but " + HEAD + " is not the same as " + EMBEDDING
                    + "; say false, or take " + HEAD + " out");
        }
        // Older files hold what is computed from the configuration, or the tied head once more.
        unexpected.removeIf(name -> name.endsWith("rotary_emb.inv_freq") || name.equals(HEAD));
        unexpected.forEach(name -> problems.add(name + " is not a tensor of this architecture"));
        if (!problems.isEmpty()) {
            String first = problems.stream().limit(NAMED_AT_ONCE).collect(Collectors.joining("; "));
            int more = problems.size() - NAMED_AT_ONCE;
            throw new CheckpointException(path, path + ": " + first + (more > 0 ? "; and " + more + " more" : ""));
        }
    }

    /** Whether a tied head that is there once more is the embedding; transformers would not tie another. */
    private boolean tiedHeadIsSame() {
        SafetensorsFile headFile = files.get(HEAD);
        SafetensorsFile embeddingFile = files.get(EMBEDDING);
        if (headFile == null || embeddingFile == null) {
            return true;
        }
        StoredTensor head = headFile.tensors().get(HEAD);
        StoredTensor embedding = embeddingFile.tensors().get(EMBEDDING);
        if (head == null || embedding == null) {
            return false; // the index names a file that lacks it
        }
        if (!Arrays.equals(head.shape(), embedding.shape())) {
            return false;
        }
        for (long at = 0; at < head.size(); at += SafetensorsFile.FLOATS_AT_ONCE) {
            int count = (int) Math.min(SafetensorsFile.FLOATS_AT_ONCE, head.size() - at);
            if (!Arrays.equals(headFile.read(HEAD, at, count), embeddingFile.read(EMBEDDING, at, count))) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String problemOf(WeightLayout.Tensor tensor) {
        SafetensorsFile file = files.get(tensor.name());
        StoredTensor stored = file == null ? null : file.tensors().get(tensor.name());
        if (stored == null) {
            return tensor.name() + " is missing";
        }
        if (!Arrays.equals(stored.shape(), tensor.shape())) {
            return tensor.name() + " has shape " + Arrays.toString(stored.shape()) + ", but the configuration asks for "
                    + Arrays.toString(tensor.shape());
        }
        boolean readable = stored.encoding().isPresent();
        return readable ? null : tensor.name() + " is " + stored.type() + "; only F32, F16 and BF16 are read";
    }

    /** Takes the tensors' values in order, some at a time. */
    @FunctionalInterface
    public interface WeightSink {

        /** @param offset of the first of these values within the tensor */
        void accept(WeightLayout.Tensor tensor, long offset, float[] values);
    }
}
