package dev.tribunal.trainer.strategy;

import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.trainer.judgement.TaskJudges;
import dev.tribunal.trainer.reward.Outage;
import dev.tribunal.trainer.reward.Patience;
import dev.tribunal.trainer.reward.RewardScorer;
import dev.tribunal.trainer.reward.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** The reward models and judges of services, asked as in training. */
public final class Raters {

    /** Of one request to a service. */
    private static final int MOST_ITEMS = 256;

    private Raters() {}

    /**
     * @param generation who asks, for the services' logs
     * @param stopIfAsked called again and again while the service does not answer, and throws if nobody wants the scores
     * @param waits hears what is waited for
     */
    public static Scorer scorer(
            RewardApi rewards, VersionedName model, String generation, Runnable stopIfAsked, Consumer<String> waits) {
        RewardScorer scorer = new RewardScorer(rewards, model, new Patience(new Outage() {
            @Override
            public void waits(String why) {
                waits.accept(why);
            }

            @Override
            public void over() {}

            @Override
            public void stopIfPointless() {
                stopIfAsked.run();
            }
        }));
        return items -> inParts(items, part -> {
                    stopIfAsked.run();
                    return scorer.score(
                            requestId(generation, part),
                            part.stream().map(Raters::scored).toList());
                })
                .stream()
                .mapToDouble(Raters::value)
                .toArray();
    }

    private static double value(Score score) {
        return score.value() == null ? Double.NaN : score.value().value();
    }

    private static ScoreRequest.Item scored(Rated item) {
        return new ScoreRequest.Item(
                item.id(),
                item.prompt().messages(),
                item.completion().text(),
                item.completion().finishReason(),
                item.prompt().metadata());
    }

    /**
     * @param judges at least one, with their versions
     * @param generation who asks, for the judges' logs
     * @param strategy that it asks for, likewise
     */
    public static Verifier verifier(
            JudgementApi judgements,
            List<RunSpec.Judge> judges,
            String generation,
            String strategy,
            Runnable stopIfAsked) {
        TaskJudges asked = new TaskJudges(judgements, judges, false);
        EvaluationContext context = new EvaluationContext(generation, 0, strategy);
        return items -> inParts(items, part -> {
            stopIfAsked.run();
            return asked.judge(
                    requestId(generation, part),
                    context,
                    part.stream().map(Raters::judged).toList());
        });
    }

    private static JudgeItem judged(Rated item) {
        return new JudgeItem(
                item.id(),
                item.prompt().messages(),
                item.completion(),
                item.prompt().reference(),
                item.prompt().metadata());
    }

    private static String requestId(String generation, List<Rated> part) {
        return generation + "." + part.getFirst().id();
    }

    private static <T> List<T> inParts(List<Rated> items, Function<List<Rated>, List<T>> ask) {
        List<T> all = new ArrayList<>();
        for (int from = 0; from < items.size(); from += MOST_ITEMS) {
            all.addAll(ask.apply(items.subList(from, Math.min(from + MOST_ITEMS, items.size()))));
        }
        return all;
    }
}
