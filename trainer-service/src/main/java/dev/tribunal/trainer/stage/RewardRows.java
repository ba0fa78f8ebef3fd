package dev.tribunal.trainer.stage;

import dev.tribunal.methods.label.RewardsInContext;
import dev.tribunal.methods.reward.Standardised.MeanAndStd;
import dev.tribunal.trainer.journal.TrainingFailedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** Demonstrations whose prompts tell the rewards that they have (Rewards-in-Context). */
record RewardRows(RowOrigin origin, RewardsInContext labeller) {

    private static final String MEAN = ".mean";
    private static final String STD = ".std";

    /**
     * @param labelled completions with all scores, of prompts that ask for nothing
     * @param models the reward models' names, in the order in which prompts tell their rewards
     * @param statistics of each
     */
    List<ObjectNode> rows(
            List<Labelled> labelled,
            List<String> models,
            Map<String, MeanAndStd> statistics,
            Map<String, Double> metrics) {
        List<Map<String, Double>> rewards = labelled.stream()
                .map(each -> {
                    Map<String, Double> of = new LinkedHashMap<>();
                    models.forEach(model -> of.put(
                            model, labeller.reward(each.value(model), Objects.requireNonNull(statistics.get(model)))));
                    return of;
                })
                .toList();
        List<Boolean> kept = labeller.kept(rewards);
        List<ObjectNode> rows = new ArrayList<>();
        for (int i = 0; i < labelled.size(); i++) {
            if (kept.get(i)) {
                rows.add(row(labelled.get(i), rewards.get(i)));
            }
        }
        statistics.forEach((model, of) -> {
            metrics.put(model + MEAN, of.mean());
            metrics.put(model + STD, of.std());
        });
        return rows;
    }

    private ObjectNode row(Labelled labelled, Map<String, Double> rewards) {
        ObjectNode row = RowOrigin.bare(GoalLines.asking(labelled.row().line(), rewards));
        row.put("completion", labelled.text());
        ObjectNode told = labelled.told();
        told.set("generated", labelled.row().line().path("provenance"));
        origin.provenance(row).set("completion", told);
        return row;
    }

    /**
     * @param left what the earlier stage left that is named in {@code statisticsOf}; otherwise nothing is looked for
     * @throws TrainingFailedException if a reward model has no statistics there
     */
    Map<String, MeanAndStd> statistics(List<Labelled> labelled, List<String> models, Map<String, Double> left) {
        Map<String, MeanAndStd> statistics = new LinkedHashMap<>();
        for (String model : models) {
            MeanAndStd given = labeller.statistics().get(model);
            if (labeller.statisticsOf() != null) {
                given = of(model, left);
            } else if (given == null && !labeller.statistics().isEmpty()) {
                throw missing(model, "write.statistics");
            }
            statistics.put(
                    model,
                    given != null
                            ? given
                            : RewardsInContext.statistics(labelled.stream()
                                    .mapToDouble(each -> each.value(model))
                                    .toArray()));
        }
        return statistics;
    }

    private MeanAndStd of(String model, Map<String, Double> left) {
        Double mean = left.get(model + MEAN);
        Double std = left.get(model + STD);
        if (mean == null || std == null) {
            throw missing(model, String.valueOf(labeller.statisticsOf()));
        }
        return new MeanAndStd(mean, std);
    }

    private TrainingFailedException missing(String model, String where) {
        return new TrainingFailedException("stage '" + origin.stage() + "' finds no mean and std of '" + model + "' in "
                + where + "; let both stages name the same reward models");
    }
}
