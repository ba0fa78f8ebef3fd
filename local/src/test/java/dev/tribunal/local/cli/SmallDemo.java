package dev.tribunal.local.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.shared.Problems;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.local.platform.Project;
import dev.tribunal.servicekit.error.UpstreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The demo's run, made small: few prompts a step, few held-out prompts. */
final class SmallDemo {

    /** 5 tasks, 2 prompts, 4 completions each. */
    static final int ROLLOUTS_A_STEP = 40;

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

    /** Creates the run, and tells what the platform has against it. */
    static String create(ObjectNode spec, RunsApi runs) {
        try {
            return Objects.requireNonNull(runs.create(SpecFile.toJson(spec), "application/json", false, null)
                            .getBody())
                    .id();
        } catch (UpstreamException refused) {
            throw new AssertionError(Problems.render(refused), refused);
        }
    }

    /** What the policy sampled in a training step; a baseline completion that was used has a negative number. */
    static List<EpisodeResource> rollouts(RunsApi runs, String run, int step) {
        return runs.episodes(run, step, null, null, null, "train", null, 200).data().stream()
                .filter(episode -> episode.sample() >= 0)
                .toList();
    }

    /** Written once: a run of an earlier spec may be reading the file, and fails where it finds it empty. */
    private static Path firstLines(String reference, Path folder) throws IOException {
        Path file = Path.of(reference.substring("file:".length()));
        Path first = folder.resolve(file.getFileName());
        if (Files.exists(first)) {
            return first;
        }
        try (Stream<String> lines = Files.lines(file)) {
            return Files.write(first, lines.limit(HELD_OUT_PROMPTS).toList());
        }
    }
}
