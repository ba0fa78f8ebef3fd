package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.methods.label.RewardGoals;
import dev.tribunal.methods.label.RewardGoals.Range;
import dev.tribunal.methods.label.RewardsInContext;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The rewards that the prompts of a generate stage ask for: those of a preference, or random ones for each prompt. */
final class GoalChoice {

    /** Enough for every reward that a prompt file tells; what asks for more digits was told none. */
    private static final int DECIMALS = 6;

    private final Stage.Goals goals;
    private final List<Map<String, Double>> had;
    private final RandomKeys keys;
    private final int stage;
    private final int decimals;

    /**
     * @param had rewards of earlier rows, at least one
     * @param stage index of the generate stage
     * @throws TrainingFailedException if the rows tell no rewards, or others than the preference weighs
     */
    GoalChoice(Stage.Goals goals, List<Map<String, Double>> had, RandomKeys keys, int stage) {
        this.goals = goals;
        this.had = had;
        this.keys = keys;
        this.stage = stage;
        if (had.isEmpty() || had.getFirst().isEmpty()) {
            throw new TrainingFailedException("the rows of " + goals.of()
                    + " tell no rewards; name a label stage that writes rewards-in-context");
        }
        if (!goals.preference().isEmpty()
                && !goals.preference().keySet().equals(had.getFirst().keySet())) {
            throw new TrainingFailedException("goals.preference weighs "
                    + new TreeSet<>(goals.preference().keySet()) + ", but the rows of " + goals.of() + " tell "
                    + new TreeSet<>(had.getFirst().keySet()) + "; give each of these a weight");
        }
        decimals = decimals(had);
    }

    /** As many digits as the rows have: a prompt looks like those that were learnt. */
    private static int decimals(List<Map<String, Double>> had) {
        int decimals = 0;
        for (Map<String, Double> row : had) {
            for (double reward : row.values()) {
                while (decimals < DECIMALS && RewardGoals.rounded(reward, decimals) != reward) {
                    decimals++;
                }
            }
        }
        return decimals;
    }

    List<Prompt> asking(List<Prompt> prompts) {
        Map<String, Range> all = ranges(0);
        Map<String, Range> high = ranges(goals.from());
        return prompts.stream()
                .map(prompt -> PromptFile.prompt(
                        prompt.index(),
                        GoalLines.asking(
                                GoalLines.withoutGoal(prompt.line()),
                                goals.preference().isEmpty()
                                        ? random(high, prompt.index())
                                        : rounded(RewardGoals.preferred(all, goals.preference())))))
                .toList();
    }

    private Map<String, Double> random(Map<String, Range> ranges, int prompt) {
        long key = keys.goal(stage, prompt);
        Map<String, Double> goal = new LinkedHashMap<>();
        ranges.forEach((objective, range) -> goal.put(
                objective, range.low() + CounterRandom.uniform(key, goal.size()) * (range.high() - range.low())));
        return rounded(goal);
    }

    private Map<String, Double> rounded(Map<String, Double> goal) {
        Map<String, Double> rounded = new LinkedHashMap<>();
        for (Map.Entry<String, Double> reward : goal.entrySet()) {
            rounded.put(reward.getKey(), RewardGoals.rounded(reward.getValue(), decimals));
        }
        return rounded;
    }

    /** @param from quantile of the rows' rewards that is the lower end */
    private Map<String, Range> ranges(double from) {
        Map<String, Range> ranges = new LinkedHashMap<>();
        for (String objective : had.getFirst().keySet()) {
            double[] rewards = had.stream()
                    .mapToDouble(row -> row.getOrDefault(objective, Double.NaN))
                    .toArray();
            ranges.put(
                    objective,
                    new Range(RewardsInContext.quantile(rewards, from), RewardsInContext.quantile(rewards, 1)));
        }
        return ranges;
    }
}
