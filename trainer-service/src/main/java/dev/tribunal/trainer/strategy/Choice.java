package dev.tribunal.trainer.strategy;

import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.AnswerForm;
import dev.tribunal.mathanswers.MathAnswers;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.methods.selection.Best;
import dev.tribunal.methods.selection.Votes;
import dev.tribunal.trainer.strategy.Search.Taken;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/** Which of several whole completions is taken. Where what a strategy goes by is missing of all, the first is. */
final class Choice {

    private Choice() {}

    static Taken best(GenerationStrategy.BestOfN strategy, List<Candidate> candidates) {
        OptionalInt feasible = strategy.feasible()
                ? highest(candidates, i -> candidates.get(i).feasibility() == Feasibility.FEASIBLE)
                : OptionalInt.empty();
        OptionalInt highest = feasible.isPresent() ? feasible : highest(candidates, i -> true);
        String of = candidates.size() + " completions";
        String why = feasible.isPresent()
                ? "the highest score of the feasible of " + of
                : highest.isEmpty()
                        ? "none of " + of + " could be scored: the first"
                        : "the highest score of " + of + (strategy.feasible() ? ", none of which is feasible" : "");
        return new Taken(candidates, highest.orElse(0), why, null, null, Best.klBound(candidates.size()));
    }

    private static OptionalInt highest(List<Candidate> candidates, IntPredicate mayBeTaken) {
        return Best.highest(candidates.size(), i -> candidates.get(i).score(), mayBeTaken);
    }

    static Taken majority(GenerationStrategy.Majority strategy, List<Candidate> candidates, String prompt) {
        List<String> answers = answers(strategy.answer(), candidates, prompt);
        OptionalInt won = Votes.majority(answers);
        double[] weights =
                answers.stream().mapToDouble(answer -> answer.isBlank() ? 0 : 1).toArray();
        return voted(candidates, answers, weights, won, "none of " + candidates.size() + " completions has an answer");
    }

    static Taken weighted(GenerationStrategy.WeightedVote strategy, List<Candidate> candidates, String prompt) {
        List<String> answers = answers(strategy.answer(), candidates, prompt);
        double[] scores = candidates.stream().mapToDouble(Candidate::score).toArray();
        OptionalInt won = Votes.weighted(scores, answers, strategy.floor());
        double[] weights = Votes.weights(scores, answers, strategy.floor());
        String none = "none of " + candidates.size() + " completions has an answer and a score";
        if (won.isPresent()) {
            return voted(candidates, answers, weights, won, none);
        }
        OptionalInt highest = highest(candidates, i -> true);
        return new Taken(
                candidates,
                highest.orElse(0),
                none + (highest.isPresent() ? ": the highest score" : ": the first"),
                answers,
                weights,
                null);
    }

    private static Taken voted(
            List<Candidate> candidates, List<String> answers, double[] weights, OptionalInt won, String none) {
        if (won.isEmpty()) {
            return new Taken(candidates, 0, none + ": the first", answers, weights, null);
        }
        String answer = answers.get(won.getAsInt());
        int votes = 0;
        double weight = 0;
        for (int i = 0; i < weights.length; i++) {
            if (answers.get(i).equals(answer)) {
                votes++;
                weight += weights[i];
            }
        }
        double all = Arrays.stream(weights).sum();
        String why = String.format(
                Locale.ROOT,
                "%d of %d completions answer '%s', with %.0f %% of the weight",
                votes,
                candidates.size(),
                answer,
                100 * weight / all);
        return new Taken(candidates, won.getAsInt(), why, answers, weights, null);
    }

    /** Equal answers have equal texts. */
    private static List<String> answers(AnswerForm form, List<Candidate> candidates, String prompt) {
        MathAnswers.Classes classes = new MathAnswers.Classes();
        return candidates.stream()
                .map(candidate -> switch (form) {
                    case MATH -> classes.answer(candidate.text(), prompt);
                    case TEXT -> candidate.text().strip();
                })
                .toList();
    }

    static Taken firstFeasible(List<Candidate> candidates) {
        OptionalInt feasible =
                Best.firstFeasible(candidates.size(), i -> candidates.get(i).feasibility() == Feasibility.FEASIBLE);
        if (feasible.isPresent()) {
            return Taken.of(candidates, feasible.getAsInt(), "the judges are satisfied with it");
        }
        String none = "none of " + candidates.size() + " completions is feasible: the first";
        OptionalInt undecided =
                Best.firstFeasible(candidates.size(), i -> candidates.get(i).feasibility() == Feasibility.UNDECIDED);
        return undecided.isPresent()
                ? Taken.of(candidates, undecided.getAsInt(), none + " that is undecided")
                : Taken.of(candidates, 0, none);
    }
}
