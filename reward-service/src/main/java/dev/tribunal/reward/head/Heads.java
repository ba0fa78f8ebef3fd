package dev.tribunal.reward.head;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Head;
import dev.tribunal.contracts.reward.v1.RewardModelResource.HeadClass;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.reward.v1.ScoreResponse.Result;
import dev.tribunal.methods.rewardmodel.Brme;
import dev.tribunal.methods.rewardmodel.Classification;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.json.CanonicalJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The heads of a reward model with several, in the order of their outputs: a head that classifies has a logit for each of
 * its classes, any other one its mean and what softplus makes its deviation of. They lie beside the checkpoint in {@code
 * reward_heads.json}; transformers takes the checkpoint for one that classifies, with as many labels as there are outputs.
 */
public final class Heads {

    public static final String FILE = "reward_heads.json";

    private static final String OF_HEAD = "/";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<Head> heads;

    public Heads(List<Head> heads) {
        this.heads = List.copyOf(heads);
    }

    private record File(List<Head> heads) {}

    /** Of a checkpoint; none where it has no such file. */
    public static Heads read(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return new Heads(List.of());
        }
        try {
            return new Heads(
                    JSON.readValue(Files.readAllBytes(file), File.class).heads());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JacksonException | NullPointerException e) {
            throw new IllegalArgumentException(
                    file + " does not say what the heads are: " + e.getMessage()
                            + "; remove it to take the checkpoint as" + " one that classifies",
                    e);
        }
    }

    public void write(Path directory) {
        try {
            Files.write(
                    directory.resolve(FILE),
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(new File(heads)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<Head> list() {
        return heads;
    }

    public boolean isEmpty() {
        return heads.isEmpty();
    }

    /** Of a checkpoint's digest and of what is stored of the heads. */
    public String digest(String ofCheckpoint) {
        return Sha256.hex(CanonicalJson.of(Map.of("checkpoint", ofCheckpoint, "heads", heads)));
    }

    /** What each output is called in the checkpoint, {@code HEAD/CLASS}. */
    public List<String> labels() {
        return heads.stream()
                .flatMap(head -> (head.classes().isEmpty()
                                ? List.of("mean", "deviation")
                                : head.classes().stream().map(HeadClass::label).toList())
                        .stream().map(output -> head.name() + OF_HEAD + output))
                .toList();
    }

    /** @throws IllegalArgumentException if they are not the outputs of a checkpoint */
    public void requireFit(List<String> labels) {
        if (!isEmpty() && !labels().equals(labels)) {
            throw new IllegalArgumentException(FILE + " is of the outputs " + labels() + ", but the checkpoint has "
                    + labels + "; remove the file to take the checkpoint as one that classifies");
        }
    }

    /** The head's own outputs. */
    public static double[] outputs(List<Head> heads, int head, float[] all) {
        int from = IntStream.range(0, head).map(h -> size(heads.get(h))).sum();
        int to = from + size(heads.get(head));
        return IntStream.range(from, to).mapToDouble(i -> all[i]).toArray();
    }

    private static int size(Head head) {
        return head.classes().isEmpty() ? 2 : head.classes().size();
    }

    /**
     * What the outputs say: of heads with deviations the score is the mean of the surest one, of heads that classify the
     * mean of their expected classes' indices.
     *
     * @param all finite
     */
    public Result result(String itemId, float[] all) {
        List<ScoreResponse.Head> said = new ArrayList<>();
        for (int h = 0; h < heads.size(); h++) {
            double[] outputs = outputs(heads, h, all);
            said.add(
                    heads.get(h).classes().isEmpty()
                            ? new ScoreResponse.Head(
                                    heads.get(h).name(), outputs[0], Brme.deviation(outputs[1]), null, null)
                            : classified(heads.get(h), outputs));
        }
        boolean classify = heads.stream().noneMatch(head -> head.classes().isEmpty());
        if (classify) {
            double score = said.stream()
                    .mapToDouble(ScoreResponse.Head::mean)
                    .average()
                    .orElseThrow();
            return new Result(itemId, score, null, null, said, null);
        }
        List<Double> deviations = said.stream()
                .map(head -> Objects.requireNonNull(head.deviation()))
                .toList();
        ScoreResponse.Head surest = said.get(Brme.surest(deviations));
        return new Result(itemId, surest.mean(), surest.deviation(), null, said, null);
    }

    private static ScoreResponse.Head classified(Head head, double[] logits) {
        double[] probabilities = Classification.probabilities(logits);
        Map<String, Double> classes = new LinkedHashMap<>();
        Map<String, Double> standardised = new LinkedHashMap<>();
        for (int i = 0; i < probabilities.length; i++) {
            HeadClass stored = head.classes().get(i);
            classes.put(stored.label(), probabilities[i]);
            standardised.put(stored.label(), (probabilities[i] - stored.mean()) / stored.std());
        }
        return new ScoreResponse.Head(
                head.name(),
                Classification.expectedIndex(probabilities),
                Classification.indexDeviation(probabilities),
                classes,
                standardised);
    }

    /** As a checkpoint with one head that classifies says it: the expected index of the label, and each one's probability. */
    public static Result classified(String itemId, List<String> labels, float[] logits) {
        double[] probabilities = Classification.probabilities(
                IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).toArray());
        Map<String, Double> classes = new LinkedHashMap<>();
        for (int i = 0; i < probabilities.length; i++) {
            classes.put(labels.get(i), probabilities[i]);
        }
        return new Result(itemId, Classification.expectedIndex(probabilities), null, classes, List.of(), null);
    }
}
