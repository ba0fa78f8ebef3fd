package dev.tribunal.local.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.local.platform.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The demo's run, made small: few prompts a step, few held-out prompts. */
final class SmallDemo {

    private static final int HELD_OUT_PROMPTS = 2;

    private SmallDemo() {}

    /** @param folder for the small held-out files */
    static ObjectNode spec(int steps, Path folder) throws IOException {
        assumeTrue(Files.isDirectory(Project.example("embedded/policy")), "the embedded checkpoints are not there");
        ObjectNode spec = SpecFile.read(Project.example("demo.yaml"));
        spec.withObject("training").put("steps", steps);
        spec.withObject("evaluation").put("samples", 1);
        for (JsonNode task : spec.path("tasks")) {
            ObjectNode prompts = ((ObjectNode) task).withObject("prompts");
            prompts.put("batchSize", 2);
            prompts.put("heldOut", "file:" + firstLines(prompts.path("heldOut").asString(), folder));
        }
        return spec;
    }

    private static Path firstLines(String reference, Path folder) throws IOException {
        Path file = Path.of(reference.substring("file:".length()));
        try (Stream<String> lines = Files.lines(file)) {
            return Files.write(folder.resolve(file.getFileName()), (Iterable<String>) lines.limit(HELD_OUT_PROMPTS)::iterator);
        }
    }
}
