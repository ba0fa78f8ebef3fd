package dev.tribunal.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmbeddedDataTest {

    private static final Path COMMITTED = Path.of("../examples/prompts");
    private static final Path CHECKPOINTS = Path.of("../examples/embedded");

    @Test
    void writesTheCommittedPromptFilesByteForByte(@TempDir Path folder) throws IOException {
        EmbeddedData.writePrompts(folder);

        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                assertThat(file).hasSameBinaryContentAs(COMMITTED.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void learnsTheTokenizerOfTheCommittedCheckpoints(@TempDir Path folder) throws IOException {
        EmbeddedData.write(folder);

        for (String name : List.of("policy", "judge", "helpfulness", "harmlessness")) {
            assertThat(folder.resolve("tokenizer/tokenizer.json"))
                    .hasSameBinaryContentAs(CHECKPOINTS.resolve(name).resolve("tokenizer.json"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsHeldOutPromptsApart(EmbeddedTask task) {
        var heldOut = task.heldOutPrompts().stream().map(Situation::content).collect(Collectors.toSet());
        var heldOutTexts = task.heldOutPrompts().stream().map(Situation::prompt).collect(Collectors.toSet());

        assertThat(task.training()).noneMatch(situation -> heldOut.contains(situation.content()));
        assertThat(task.training()).noneMatch(situation -> heldOutTexts.contains(situation.prompt()));
        assertThat(heldOutTexts).hasSize(EmbeddedTask.HELD_OUT_PROMPTS);
    }

    @ParameterizedTest
    @EnumSource
    void hasNoTrainingPromptTwice(EmbeddedTask task) {
        var texts = task.trainingPrompts().stream().map(Situation::prompt).toList();

        assertThat(texts).doesNotHaveDuplicates().hasSize(EmbeddedTask.TRAINING_PROMPTS);
    }

    @Test
    void demonstratesNoHeldOutPrompt() {
        var heldOut = new HashSet<String>();
        for (EmbeddedTask task : EmbeddedTask.values()) {
            task.heldOutPrompts().forEach(situation -> heldOut.add(situation.prompt()));
        }

        assertThat(EmbeddedData.demonstrations()).noneMatch(line -> heldOut.contains((String) line.get("prompt")));
    }
}
