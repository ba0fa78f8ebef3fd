package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.runs.v1.Artifact;
import dev.tribunal.contracts.runs.v1.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.Stage;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.trainer.checkpoint.ArtifactFiles;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.generation.GroupSampler;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.inputs.PinnedFile;
import dev.tribunal.trainer.inputs.PromptSet;
import dev.tribunal.trainer.journal.RunJournal.StepAbandonedException;
import dev.tribunal.trainer.prompt.Prompt;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * The policy answers prompts. A row is the prompt's line with a {@code completion}, its {@code finishReason} and
 * {@code provenance}; what the line had for a completion, or chose, is its {@code demonstration}.
 *
 * @param index of the stage
 * @param start the weights that answer
 */
record GenerateStage(TrainingRun run, int index, Stage.Generate stage, Path start) {

    /** Prompts that are answered between two looks at whether the run is to pause; always the same, for the same numbers. */
    private static final int AT_ONCE = 32;

    private static final List<String> REPLACED = List.of("completion", "chosen", "rejected");

    Artifact leave() {
        run.journal().awaitPermission();
        run.journal().phase("loading the policy");
        try (LanguageModel policy = run.engine().load(start, run.engineOptions().frozen())) {
            PromptSet set = PromptSet.read(
                    Split.TRAIN,
                    new PinnedFile(stage.source(), stage.sourceDigest()),
                    run.inputs(),
                    policy,
                    run.spec().policy().maxNewTokens());
            Path rows = run.write(stage, ".jsonl", file -> write(file, set, policy));
            return TrainingRun.left(stage, "file:" + rows, Objects.requireNonNull(ArtifactFiles.digest(rows)));
        }
    }

    private void write(Path file, PromptSet set, LanguageModel policy) throws IOException {
        GroupSampler sampler = new GroupSampler(policy, run.samplingOptions());
        int blank = 0;
        try (BufferedWriter lines = Files.newBufferedWriter(file)) {
            for (int from = 0; from < set.prompts().size(); from += AT_ONCE) {
                run.journal().awaitPermission();
                run.journal()
                        .phase("generating: " + from + " of " + set.prompts().size() + " prompts are answered");
                List<Prompt> prompts = set.prompts()
                        .subList(from, Math.min(from + AT_ONCE, set.prompts().size()));
                List<List<Completion>> answers;
                try {
                    answers = answers(prompts, set, sampler);
                } catch (StepAbandonedException pausing) {
                    from -= AT_ONCE; // they are answered again afterwards
                    continue;
                }
                for (int i = 0; i < prompts.size(); i++) {
                    blank += write(lines, prompts.get(i), answers.get(i));
                }
            }
        }
        if (blank > 0) {
            run.journal()
                    .warn(
                            "completions_blank",
                            "stage " + stage.name() + ": " + blank + " of "
                                    + (long) set.prompts().size() * stage.generations()
                                    + " completions are blank and left out, for a file of prompts holds none");
        }
    }

    /** @return the blank ones, which are left out */
    private int write(BufferedWriter lines, Prompt prompt, List<Completion> completions) throws IOException {
        int blank = 0;
        for (int sample = 0; sample < completions.size(); sample++) {
            if (completions.get(sample).text().isBlank()) {
                blank++;
            } else {
                lines.write(row(prompt, sample, completions.get(sample)).toString());
                lines.newLine();
            }
        }
        return blank;
    }

    private List<List<Completion>> answers(List<Prompt> prompts, PromptSet set, GroupSampler sampler) {
        List<List<Completion>> answers = new ArrayList<>(
                prompts.stream().map(prompt -> List.<Completion>of()).toList());
        RandomKeys keys = new RandomKeys(stage.seed());
        List<SamplingRequest> requests = prompts.stream()
                .map(prompt -> new SamplingRequest(
                        set.ids().get(prompt.index()),
                        IntStream.range(0, stage.generations())
                                .mapToLong(sample -> keys.generated(index, prompt.index(), sample))
                                .toArray()))
                .toList();
        sampler.sample(requests, answers::set, run.journal()::stopIfAsked);
        return answers;
    }

    private ObjectNode row(Prompt prompt, int sample, Completion completion) {
        ObjectNode row = ((ObjectNode) prompt.line()).deepCopy();
        REPLACED.forEach(row::remove);
        String demonstration = prompt.completion() == null ? prompt.chosen() : prompt.completion();
        if (demonstration != null) {
            row.put("demonstration", demonstration);
        }
        row.put("completion", completion.text());
        row.put("finishReason", completion.asText().finishReason());
        row.putObject("provenance")
                .put("run", run.runId())
                .put("stage", stage.name())
                .put("prompt", prompt.index())
                .put("sample", sample);
        return row;
    }
}
