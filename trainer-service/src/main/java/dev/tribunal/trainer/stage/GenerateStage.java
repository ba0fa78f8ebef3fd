package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.trainer.checkpoint.ArtifactFiles;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.generation.TreeSampler;
import dev.tribunal.trainer.generation.TreeSampler.Leaf;
import dev.tribunal.trainer.inputs.PinnedFile;
import dev.tribunal.trainer.inputs.PromptSet;
import dev.tribunal.trainer.journal.RunJournal.StepAbandonedException;
import dev.tribunal.trainer.prompt.Prompt;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * The policy answers prompts. A row is the prompt's line with a {@code completion}, its {@code finishReason} and
 * {@code provenance}; what the line had for a completion, or chose, is its {@code demonstration}. The provenance of a leaf of
 * a tree has its branches ({@link BranchPath}); a prompt that asks for rewards has them in {@code goal} ({@link GoalLines}).
 *
 * @param index of the stage
 * @param start the weights that answer
 */
record GenerateStage(TrainingRun run, int index, Stage.Generate stage, Path start) {

    private static final List<String> REPLACED = List.of(
            "completion", "chosen", "rejected", "labelProbability", "margin", "annotator", "rating", "expectedRating");

    Artifact leave() {
        run.journal().awaitPermission();
        run.journal().phase("loading the policy");
        try (LanguageModel policy = run.engine().load(start, run.engineOptions().frozen())) {
            List<Prompt> prompts = run.inputs()
                    .read(new PinnedFile(stage.source(), stage.sourceDigest()))
                    .prompts();
            PromptSet set = PromptSet.of(
                    Split.TRAIN,
                    stage.source(),
                    stage.goals() == null ? prompts : asking(prompts, stage.goals()),
                    policy,
                    run.spec().policy().maxNewTokens());
            Map<String, Double> metrics = new LinkedHashMap<>();
            Path rows = run.write(stage, ".jsonl", file -> write(file, set, policy, metrics));
            return TrainingRun.left(stage, "file:" + rows, Objects.requireNonNull(ArtifactFiles.digest(rows)), metrics);
        }
    }

    /** The prompts, each asking for rewards that rows of an earlier stage have. */
    private List<Prompt> asking(List<Prompt> prompts, Stage.Goals goals) {
        List<Map<String, Double>> had = run.inputs().read(new PinnedFile(goals.of(), null)).prompts().stream()
                .map(row -> GoalLines.goal(row.line()))
                .toList();
        return new GoalChoice(goals, had, new RandomKeys(stage.seed()), index).asking(prompts);
    }

    private void write(Path file, PromptSet set, LanguageModel policy, Map<String, Double> metrics) throws IOException {
        int all = 0;
        int blank = 0;
        try (BufferedWriter lines = Files.newBufferedWriter(file)) {
            for (int from = 0; from < set.prompts().size(); from += StageSampling.AT_ONCE) {
                run.journal().awaitPermission();
                run.journal()
                        .phase("generating: " + from + " of " + set.prompts().size() + " prompts are answered");
                int to = Math.min(from + StageSampling.AT_ONCE, set.prompts().size());
                List<List<Leaf>> answers;
                try {
                    answers = answers(set, from, to, policy);
                } catch (StepAbandonedException pausing) {
                    from -= StageSampling.AT_ONCE; // they are answered again afterwards
                    continue;
                }
                for (int i = from; i < to; i++) {
                    all += answers.get(i - from).size();
                    blank += write(lines, set.prompts().get(i), answers.get(i - from));
                }
            }
        }
        metrics.put("completions", (double) all);
        metrics.put("blank", (double) blank);
        if (blank > 0) {
            run.journal()
                    .warn(
                            "completions_blank",
                            "stage " + stage.name() + ": " + blank + " of " + all
                                    + " completions are blank and left out, for a file of prompts holds none");
        }
    }

    /** @return the blank ones, which are left out */
    private int write(BufferedWriter lines, Prompt prompt, List<Leaf> completions) throws IOException {
        int blank = 0;
        for (int sample = 0; sample < completions.size(); sample++) {
            if (completions.get(sample).completion().text().isBlank()) {
                blank++;
            } else {
                lines.write(row(prompt, sample, completions.get(sample)).toString());
                lines.newLine();
            }
        }
        return blank;
    }

    /** @return of the prompts from one to before another */
    private List<List<Leaf>> answers(PromptSet set, int from, int to, LanguageModel policy) {
        RandomKeys keys = new RandomKeys(stage.seed());
        return stage.tree() == null
                ? new StageSampling(run, index, stage.seed(), stage.generations())
                        .of(set, from, to, policy).stream()
                                .map(GenerateStage::separate)
                                .toList()
                : new TreeSampler(
                                policy,
                                run.samplingOptions(),
                                stage.tree().depth(),
                                stage.tree().branching(),
                                stage.tree().segmentTokens())
                        .sample(
                                set.ids().subList(from, to),
                                (prompt, node) -> keys.generated(index, from + prompt, node),
                                run.journal()::stopIfAsked);
    }

    private static List<Leaf> separate(List<Completion> completions) {
        return completions.stream()
                .map(completion -> new Leaf(completion, List.of(), List.of()))
                .toList();
    }

    private ObjectNode row(Prompt prompt, int sample, Leaf leaf) {
        Completion completion = leaf.completion();
        ObjectNode row = ((ObjectNode) prompt.line()).deepCopy();
        REPLACED.forEach(row::remove);
        String demonstration = prompt.completion() == null ? prompt.chosen() : prompt.completion();
        if (demonstration != null) {
            row.put("demonstration", demonstration);
        }
        row.put("completion", completion.text());
        row.put("finishReason", completion.asText().finishReason());
        ObjectNode provenance = new RowOrigin(run.runId(), stage.name()).provenance(row);
        provenance.put("prompt", prompt.index()).put("sample", sample);
        if (stage.tree() != null) {
            BranchPath.write(leaf, provenance);
        }
        return row;
    }
}
