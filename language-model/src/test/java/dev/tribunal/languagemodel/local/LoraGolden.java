package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.TokenSequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code src/test/python/lora.py} made the checkpoint, the adapters and the numbers, by PEFT and PyTorch. */
public final class LoraGolden {

    static final JsonNode ALL = new JsonMapper().readTree(file("golden.json").toFile());

    public static final List<TokenSequence> SEQUENCES = ALL.path("sequences").values().stream()
            .map(one -> new TokenSequence(ints(one.path("prompt")), ints(one.path("completion"))))
            .toList();

    static final List<double[]> WEIGHTS = ALL.path("weights").values().stream()
            .map(one -> one.values().stream().mapToDouble(JsonNode::asDouble).toArray())
            .toList();

    private LoraGolden() {}

    /** What came of an adapter. */
    public static JsonNode of(String adapter) {
        return ALL.path("adapters").path(adapter);
    }

    public static Path file(String name) {
        try {
            return Path.of(LoraGolden.class.getResource("../lora/" + name).toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A copy of the checkpoint, with a tokenizer. */
    public static Path base(Path parent) {
        Path base = parent.resolve("base");
        try {
            Files.createDirectories(base);
            for (String name : new String[] {"config.json", "model.safetensors"}) {
                Files.copy(file("base/" + name), base.resolve(name));
            }
            Path tokenizer = TinyCheckpoint.tokenizer(parent);
            for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
                Files.copy(tokenizer.resolve(name), base.resolve(name));
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return base;
    }

    public static void requireLogProbs(List<float[]> actual, JsonNode expected, double tolerance) {
        assertThat(actual).hasSize(expected.size());
        for (int s = 0; s < actual.size(); s++) {
            for (int t = 0; t < actual.get(s).length; t++) {
                assertThat((double) actual.get(s)[t])
                        .as("sequence %d, token %d", s, t)
                        .isCloseTo(expected.path(s).path(t).asDouble(), within(tolerance));
            }
        }
    }

    private static int[] ints(JsonNode list) {
        return list.values().stream().mapToInt(JsonNode::asInt).toArray();
    }
}
