package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.SoupPart;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.methods.statistics.Sample;
import dev.tribunal.servicekit.files.OwnedFolder;
import dev.tribunal.trainer.checkpoint.ArtifactFiles;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.inputs.PinnedFile;
import dev.tribunal.trainer.inputs.PromptSet;
import dev.tribunal.trainer.journal.RunJournal.StepAbandonedException;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.stage.StageAssessment.Asked;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Soups of several policies answer prompts, one after the other, all with the same random numbers, and are scored.
 * With the mean score R of a policy on the prompts, a soup's excess is
 *
 * <pre>R(sum_i lambda_i theta_i) - sum_i lambda_i R(theta_i)</pre>
 *
 * <p>of which rewarded soups (arXiv 2306.04488) need that it is not negative: linear mode connectivity. It is 0 for a policy
 * alone.
 *
 * @param index of the stage
 * @param step committed steps of the run
 */
record SoupSweepStage(TrainingRun run, int index, Stage.SoupSweep stage, int step) {

    /** The score of each reward model on each prompt. */
    private record Scored(List<Double> weights, Map<String, double[]> byModel) {

        String name() {
            return weights.stream().map(String::valueOf).collect(Collectors.joining("/"));
        }
    }

    Artifact leave() {
        run.journal().awaitPermission();
        List<Scored> soups = new ArrayList<>();
        Path rows = run.write(stage, ".jsonl", file -> {
            try (BufferedWriter lines = Files.newBufferedWriter(file);
                    OwnedFolder kitchen = OwnedFolder.create(Objects.requireNonNull(file.getParent()), "soup")) {
                for (List<Double> weights : stage.weightings()) {
                    soups.add(scored(weights, kitchen.path().resolve("soup-" + soups.size()), lines));
                }
            }
        });
        return TrainingRun.left(
                stage, "file:" + rows, Objects.requireNonNull(ArtifactFiles.digest(rows)), metrics(soups));
    }

    private Scored scored(List<Double> weights, Path directory, BufferedWriter lines) throws IOException {
        run.journal().awaitPermission();
        run.journal().phase("answering with the soup " + weights);
        int alone = weights.indexOf(1.0);
        if (alone < 0) {
            List<SoupPart> parts = IntStream.range(0, weights.size())
                    .filter(i -> weights.get(i) > 0)
                    .mapToObj(i -> new SoupPart(part(i), weights.get(i)))
                    .toList();
            run.engine().soup(parts, WeightType.F32, directory);
        }
        try (LanguageModel policy = run.engine()
                .load(alone < 0 ? directory : part(alone), run.engineOptions().frozen())) {
            PromptSet set = PromptSet.read(
                    Split.HELD_OUT,
                    new PinnedFile(stage.source(), stage.sourceDigest()),
                    run.inputs(),
                    policy,
                    run.spec().policy().maxNewTokens());
            return scored(weights, set, policy, lines);
        }
    }

    private Path part(int part) {
        return run.inputs().checkpoint(stage.parts().get(part), null);
    }

    private Scored scored(List<Double> weights, PromptSet set, LanguageModel policy, BufferedWriter lines)
            throws IOException {
        List<Asked> asked = new ArrayList<>();
        List<List<Completion>> answers = answers(set, policy);
        for (int prompt = 0; prompt < answers.size(); prompt++) {
            for (int sample = 0; sample < stage.generations(); sample++) {
                Completion completion = answers.get(prompt).get(sample);
                asked.add(new Asked("p" + prompt + "-" + sample, set.prompts().get(prompt), completion.asText()));
            }
        }
        List<Labelled> labelled = new StageAssessment(run, stage.name(), stage.rewardModels(), List.of(), step)
                .of(asked, new LinkedHashMap<>());
        for (int i = 0; i < labelled.size(); i++) {
            lines.write(row(weights, asked.get(i), labelled.get(i)).toString());
            lines.newLine();
        }
        Map<String, double[]> byModel = new LinkedHashMap<>();
        for (RunSpec.RewardModel model : stage.rewardModels()) {
            byModel.put(model.name(), means(labelled, model.name()));
        }
        return new Scored(weights, byModel);
    }

    private List<List<Completion>> answers(PromptSet set, LanguageModel policy) {
        StageSampling sampling = new StageSampling(run, index, stage.seed(), stage.generations());
        List<List<Completion>> answers = new ArrayList<>();
        while (answers.size() < set.prompts().size()) {
            run.journal().awaitPermission();
            int to = Math.min(
                    answers.size() + StageSampling.AT_ONCE, set.prompts().size());
            try {
                answers.addAll(sampling.of(set, answers.size(), to, policy));
            } catch (StepAbandonedException pausing) {
                // They are answered again afterwards.
            }
        }
        return answers;
    }

    private ObjectNode row(List<Double> weights, Asked asked, Labelled labelled) {
        ObjectNode row = RowOrigin.bare(asked.row().line());
        row.put("completion", labelled.text())
                .put("finishReason", asked.completion().finishReason());
        ObjectNode provenance = new RowOrigin(run.runId(), stage.name()).provenance(row);
        ArrayNode shares = provenance.putArray("weights");
        weights.forEach(shares::add);
        provenance.set("completion", labelled.told());
        return row;
    }

    /** Of each prompt. What has no score would leave a hole in the comparison. */
    private double[] means(List<Labelled> labelled, String model) {
        double[] scores = labelled.stream()
                .mapToDouble(each -> {
                    if (!each.isScored()) {
                        throw new TrainingFailedException("stage '" + stage.name()
                                + "' compares soups on all prompts, but a completion could not be scored: "
                                + each.scores().error());
                    }
                    return each.value(model);
                })
                .toArray();
        int prompts = scores.length / stage.generations();
        return IntStream.range(0, prompts)
                .mapToDouble(prompt -> Sample.mean(
                        Arrays.copyOfRange(scores, prompt * stage.generations(), (prompt + 1) * stage.generations())))
                .toArray();
    }

    private Map<String, Double> metrics(List<Scored> soups) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        double least = 0;
        for (Scored soup : soups) {
            for (RunSpec.RewardModel each : stage.rewardModels()) {
                String of = "." + each.name() + "@" + soup.name();
                double[] excess = excess(soup, soups, each.name());
                metrics.put(
                        MetricNames.SCORE + of,
                        Sample.mean(Objects.requireNonNull(soup.byModel().get(each.name()))));
                if (!soup.weights().contains(1.0)) {
                    metrics.put("excess" + of, Sample.mean(excess));
                    metrics.put("excessError" + of, Math.sqrt(Sample.variance(excess) / excess.length));
                    least = Math.min(least, Sample.mean(excess));
                }
            }
        }
        metrics.put("linearlyConnected", least < 0 ? 0.0 : 1.0);
        return metrics;
    }

    /** Of each prompt. */
    private double[] excess(Scored soup, List<Scored> soups, String model) {
        double[] excess = Objects.requireNonNull(soup.byModel().get(model)).clone();
        for (Scored alone : soups) {
            int part = alone.weights().indexOf(1.0);
            double weight = part < 0 ? 0 : soup.weights().get(part);
            double[] scores = Objects.requireNonNull(alone.byModel().get(model));
            for (int prompt = 0; prompt < excess.length; prompt++) {
                excess[prompt] -= weight * scores[prompt];
            }
        }
        return excess;
    }
}
