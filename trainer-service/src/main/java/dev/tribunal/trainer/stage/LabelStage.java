package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.methods.label.Best;
import dev.tribunal.methods.label.BestOverWorst;
import dev.tribunal.methods.label.DemonstrationOverGeneration;
import dev.tribunal.methods.label.DifficultySplit;
import dev.tribunal.methods.label.EnsembleVotes;
import dev.tribunal.methods.label.FeasibleOverInfeasible;
import dev.tribunal.methods.label.HigherOverLower;
import dev.tribunal.methods.label.ParallelTexts;
import dev.tribunal.methods.label.RewardsInContext;
import dev.tribunal.trainer.checkpoint.ArtifactFiles;
import dev.tribunal.trainer.inputs.PinnedFile;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptFile;
import dev.tribunal.trainer.stage.StageAssessment.Asked;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows are scored and judged, and become pairs or demonstrations, with the scores and verdicts that decided beside them.
 *
 * @param step committed steps of the run, for judges
 */
record LabelStage(TrainingRun run, Stage.Label stage, int step) {

    Artifact leave() {
        run.journal().awaitPermission();
        run.journal().phase("reading rows");
        List<Prompt> rows = run.inputs()
                .read(new PinnedFile(stage.source(), stage.sourceDigest()))
                .prompts();
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("rowsRead", (double) rows.size());
        List<ObjectNode> made = made(rows, metrics);
        metrics.put("rowsMade", (double) made.size());
        if (made.isEmpty() && stage.also().isEmpty()) {
            throw new TrainingFailedException(
                    "stage '" + stage.name() + "' made no row of " + rows.size() + ": " + why(metrics));
        }
        Path file = run.write(stage, ".jsonl", target -> write(target, made));
        return TrainingRun.left(stage, "file:" + file, Objects.requireNonNull(ArtifactFiles.digest(file)), metrics);
    }

    private String why(Map<String, Double> metrics) {
        return switch (stage.write()) {
            case DifficultySplit split ->
                "of their pairs " + Math.round(metrics.getOrDefault("easy", 0.0)) + " are easy and "
                        + Math.round(metrics.getOrDefault("difficult", 0.0)) + " difficult at a gamma of "
                        + split.gamma()
                        + ". Choose another gamma, or leave out the stages that want these";
            case EnsembleVotes _ -> "none of their pairs could be scored";
            case ParallelTexts texts -> "their " + texts.chosen() + " and " + texts.rejected() + " are the same texts";
            case BestOverWorst _,
                    FeasibleOverInfeasible _,
                    DemonstrationOverGeneration _,
                    HigherOverLower _,
                    Best _,
                    RewardsInContext _ ->
                "none of their prompts has what is to be written. Raise the generations of the stage that they come from"
                        + " or policy.temperature, or look at the scores and verdicts";
        };
    }

    private List<ObjectNode> made(List<Prompt> rows, Map<String, Double> metrics) {
        RowOrigin origin = new RowOrigin(run.runId(), stage.name());
        CompletionRows completions = new CompletionRows(origin);
        return switch (stage.write()) {
            case BestOverWorst _ -> ofGroups(completions(rows, metrics), completions::bestOverWorst);
            case FeasibleOverInfeasible _ -> ofGroups(completions(rows, metrics), completions::feasibleOverInfeasible);
            case Best _ -> ofGroups(completions(rows, metrics), completions::best);
            case DemonstrationOverGeneration _ -> {
                rows.forEach(this::requireDemonstration);
                yield ofGroups(completions(rows, metrics), completions::demonstrationOverGeneration);
            }
            case HigherOverLower labeller -> compared(completions(rows, metrics), completions, labeller, metrics);
            case RewardsInContext labeller -> {
                RewardRows rewards = new RewardRows(origin, labeller);
                List<Labelled> scored =
                        completions(rows.stream().map(LabelStage::withoutGoal).toList(), metrics).stream()
                                .filter(each -> each.isScored() && each.isFeasible())
                                .toList();
                Map<String, Double> left = labeller.statisticsOf() == null
                        ? Map.of()
                        : run.inputs().metrics(labeller.statisticsOf());
                yield scored.isEmpty()
                        ? List.of()
                        : rewards.rows(scored, models(), rewards.statistics(scored, models(), left), metrics);
            }
            case DifficultySplit labeller -> new PairRows(origin).split(pairs(rows, metrics), labeller, metrics);
            case EnsembleVotes labeller -> new PairRows(origin).voted(pairs(rows, metrics), labeller, metrics);
            case ParallelTexts labeller ->
                rows.stream().flatMap(row -> pair(row, labeller, origin)).toList();
        };
    }

    private static List<ObjectNode> ofGroups(
            List<Labelled> labelled, Function<List<Labelled>, Stream<ObjectNode>> made) {
        return CompletionRows.groups(labelled).stream().flatMap(made).toList();
    }

    private List<ObjectNode> compared(
            List<Labelled> labelled, CompletionRows rows, HigherOverLower labeller, Map<String, Double> metrics) {
        CompletionRows.Comparisons count = new CompletionRows.Comparisons();
        List<List<Labelled>> groups = CompletionRows.groups(labelled);
        List<ObjectNode> made = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            made.addAll(rows.higherOverLower(groups.get(i), labeller, CounterRandom.key(labeller.seed(), i), count)
                    .toList());
        }
        metrics.put("comparisons", (double) count.all());
        metrics.put("ties", (double) count.ties());
        return made;
    }

    /** The completions of rows, without the undecided ones. */
    private List<Labelled> completions(List<Prompt> rows, Map<String, Double> metrics) {
        List<Labelled> labelled =
                assessment().of(rows.stream().map(this::completion).toList(), metrics);
        return labelled.stream().filter(each -> !each.isUndecided()).toList();
    }

    private Asked completion(Prompt row) {
        if (row.completion() == null) {
            throw new TrainingFailedException("row " + row.index() + " of " + stage.source()
                    + " has no \"completion\" to label; name rows that a generate stage left");
        }
        return new Asked(
                "r" + row.index(),
                row,
                new CompletionText(
                        row.completion(), row.line().path("finishReason").asString("stop")));
    }

    private void requireDemonstration(Prompt row) {
        if (!row.line().path("demonstration").isString()) {
            throw new TrainingFailedException("row " + row.index() + " of " + stage.source()
                    + " has no \"demonstration\": let the generate stage read prompts with a \"completion\"");
        }
    }

    private static Prompt withoutGoal(Prompt row) {
        return PromptFile.prompt(row.index(), GoalLines.withoutGoal(row.line()));
    }

    /** The pairs of rows whose completions all have scores. */
    private List<PairRows.Pair> pairs(List<Prompt> rows, Map<String, Double> metrics) {
        List<Asked> both = rows.stream()
                .flatMap(row -> Stream.of(side(row, "chosen", row.chosen()), side(row, "rejected", row.rejected())))
                .toList();
        List<Labelled> labelled = assessment().of(both, metrics);
        return IntStream.range(0, rows.size())
                .mapToObj(i -> new PairRows.Pair(labelled.get(2 * i), labelled.get(2 * i + 1)))
                .filter(PairRows.Pair::isScored)
                .toList();
    }

    private Asked side(Prompt row, String name, @Nullable String text) {
        if (text == null) {
            throw new TrainingFailedException("row " + row.index() + " of " + stage.source() + " has no \"" + name
                    + "\" completion; name rows with pairs");
        }
        return new Asked("r" + row.index() + "-" + name, row, new CompletionText(text, "stop"));
    }

    private Stream<ObjectNode> pair(Prompt row, ParallelTexts labeller, RowOrigin origin) {
        String chosen = text(row, labeller.chosen());
        String rejected = text(row, labeller.rejected());
        if (chosen.equals(rejected)) {
            return Stream.empty();
        }
        ObjectNode pair = RowOrigin.bare(row.line()).put("chosen", chosen).put("rejected", rejected);
        origin.provenance(pair);
        return Stream.of(pair);
    }

    private String text(Prompt row, String field) {
        String text = row.text(field);
        if (text == null || text.isBlank()) {
            throw new TrainingFailedException(
                    "row " + row.index() + " of " + stage.source() + " has no text in \"" + field + "\"");
        }
        return text;
    }

    private StageAssessment assessment() {
        return new StageAssessment(run, stage.name(), stage.allRewardModels(), stage.judges(), step);
    }

    private List<String> models() {
        return stage.allRewardModels().stream().map(RunSpec.RewardModel::name).toList();
    }

    private void write(Path target, List<ObjectNode> made) throws IOException {
        try (BufferedWriter lines = Files.newBufferedWriter(target)) {
            for (String also : stage.also()) {
                for (Prompt earlier :
                        run.inputs().read(new PinnedFile(also, null)).prompts()) {
                    write(lines, earlier.line());
                }
            }
            for (ObjectNode row : made) {
                write(lines, row);
            }
        }
    }

    private static void write(BufferedWriter lines, JsonNode row) throws IOException {
        lines.write(row.toString());
        lines.newLine();
    }
}
