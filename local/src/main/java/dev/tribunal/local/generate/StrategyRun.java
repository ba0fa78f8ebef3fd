package dev.tribunal.local.generate;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource.Answer;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource.Totals;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.trainer.strategy.Answering;
import dev.tribunal.trainer.strategy.Asked;
import dev.tribunal.trainer.strategy.Raters;
import dev.tribunal.trainer.strategy.Scorer;
import dev.tribunal.trainer.strategy.Verifier;
import dev.tribunal.trainer.strategy.Worth;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Questions are answered by a strategy, in this process, as the trainer service does it.
 *
 * @param tokenBudget of one question; null: as many as the strategy takes
 */
public record StrategyRun(
        GenerationStrategy strategy,
        @Nullable Long tokenBudget,
        SamplingOptions options,
        long seed,
        @Nullable Scorer scorer,
        @Nullable Verifier verifier) {

    /** For the services' logs. */
    private static final String NAME = "generate";

    /** Questions whose answers are told together at most. */
    private static final int MOST_QUESTIONS = 32;

    public static Scorer scorer(ScoringModel model) {
        return new CheckpointScorer(model);
    }

    /** @param note hears that the service does not answer */
    public static Scorer scorer(RewardApi rewards, VersionedName model, Consumer<String> note) {
        return Raters.scorer(rewards, model, NAME, () -> {}, note);
    }

    /** @param judges at least one, with their versions */
    public static Verifier verifier(JudgementApi judgements, List<RunSpec.Judge> judges, String strategy) {
        return Raters.verifier(judgements, judges, NAME, strategy, () -> {});
    }

    /** @param each hears of each answer, in the order of the questions */
    public Totals answer(LanguageModel policy, List<Question> questions, Consumer<Answer> each) {
        Answering answering = new Answering(policy, options, strategy, tokenBudget, scorer, verifier, seed);
        int atOnce = Math.min(MOST_QUESTIONS, answering.promptsAtOnce());
        List<Worth> worths = new ArrayList<>();
        for (int from = 0; from < questions.size(); from += atOnce) {
            List<Asked> prompts = questions.subList(from, Math.min(from + atOnce, questions.size())).stream()
                    .map(question -> new Asked(
                            question.conversation(), question.ids(), question.reference(), question.metadata()))
                    .toList();
            for (Answer answer : answering.answer(from, prompts, () -> {})) {
                worths.add(Worth.of(answer));
                each.accept(answer);
            }
        }
        return Worth.totals(strategy.name(), worths);
    }
}
