package dev.tribunal.trainer.training;

import static dev.tribunal.trainer.training.MemoryJournal.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.methods.supervised.Sft;
import dev.tribunal.trainer.journal.TrainingFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SupervisedLoopTest {

    @TempDir
    private Path folder;

    private TinyWorld world;

    @BeforeEach
    void makeAWorld() {
        world = new TinyWorld(folder);
    }

    @Test
    void learnsTheCompletionsAndWhereTheyEnd() throws IOException {
        Files.writeString(folder.resolve("held-out.jsonl"), "{\"prompt\": \"one\", \"completion\": \"good good one\"}");
        MemoryJournal journal = train(TinyWorld.training(40));

        assertThat(metric(journal.evaluations.getFirst(), MetricNames.HELD_OUT_LOSS, "words"))
                .as("a random model knows nothing of 13 tokens")
                .isCloseTo(Math.log(13), within(0.1));
        assertThat(metric(journal.steps.getLast(), MetricNames.LOSS, "words")).isLessThan(0.6);
        assertThat(metric(journal.evaluations.getLast(), MetricNames.HELD_OUT_LOSS, "words"))
                .isLessThan(0.6);
        assertThat(journal.episodes()).isEmpty();
        try (LanguageModel taught =
                new LocalEngine().load(journal.checkpoints.getLast().directory())) {
            List<String> answers = new ArrayList<>();
            int[] prompt = taught.tokenizer().encodePrompt(List.of(ChatMessage.user("three")));
            taught.sample(
                    List.of(new SamplingRequest(prompt, new long[] {1})),
                    new SamplingOptions(8, 0),
                    sampled -> answers.add(taught.tokenizer().decode(sampled.ids()) + " " + sampled.finishReason()));
            assertThat(answers.getFirst()).startsWith("good good ").endsWith(" STOP");
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsBitForBit() {
        assertThat(train(TinyWorld.training(5)).lastDigest())
                .isEqualTo(train(TinyWorld.training(5)).lastDigest())
                .isNotEqualTo(train(TinyWorld.training(6)).lastDigest());
    }

    @Test
    void aPromptWithoutACompletionIsNamed() throws IOException {
        Files.writeString(
                folder.resolve("prompts.jsonl"),
                "{\"prompt\": \"one\", \"completion\": \"good\"}\n{\"prompt\": \"two\"}\n");
        assertThatThrownBy(() -> train(TinyWorld.training(1)))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessage("prompt 1 has no completion to learn");
    }

    private MemoryJournal train(RunSpec.Training training) {
        return world.train(TinyWorld.with(world.spec(List.of(world.task("words", new Sft()))), training));
    }
}
