package dev.tribunal.trainer.task;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.servicekit.trace.Span;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Waiting;
import dev.tribunal.trainer.judgement.TaskJudges;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.reward.RewardScorer;
import dev.tribunal.trainer.reward.Score;
import dev.tribunal.trainer.reward.Scores;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Asks a task's reward models and its judges about completions, both at the same time, in batches. */
public final class Assessor {

    private final String runId;
    private final String task;
    private final Map<String, RewardScorer> scorers;
    private final RewardChain rewards;
    private final TaskJudges judges;
    private final RunJournal journal;
    private final Batches<Item, Scores> scoring = new Batches<>(this::score);
    private final Batches<Item, List<JudgeVerdict>> judging = new Batches<>(this::judge);

    /**
     * @param scorers by the reward models' names in the task, in its order
     * @param rewards what the scores have to be good for
     * @param journal is told what is waited for
     */
    public Assessor(
            String runId,
            String task,
            Map<String, RewardScorer> scorers,
            RewardChain rewards,
            TaskJudges judges,
            RunJournal journal) {
        this.runId = runId;
        this.task = task;
        this.scorers = scorers;
        this.rewards = rewards;
        this.judges = judges;
        this.journal = journal;
    }

    /** @param id unique within a step of the task */
    public record Item(int step, String id, Prompt prompt, CompletionText completion) {}

    /** @return one an item, in order */
    public CompletableFuture<List<Scores>> scores(List<Item> items) {
        return items.isEmpty() ? CompletableFuture.completedFuture(List.of()) : scoring.submit(items);
    }

    /** @return one list an item, in order; empty lists if the task has no judges */
    public CompletableFuture<List<List<JudgeVerdict>>> verdicts(List<Item> items) {
        return judges.isEmpty() || items.isEmpty()
                ? CompletableFuture.completedFuture(
                        items.stream().map(item -> List.<JudgeVerdict>of()).toList())
                : judging.submit(items);
    }

    /** Nothing more is coming for now. */
    public void flush() {
        scoring.flush();
        judging.flush();
    }

    /** One reward model after the other: several batches are under way anyway. */
    private List<Scores> score(List<Item> items) {
        List<ScoreRequest.Item> asked = items.stream()
                .map(item -> new ScoreRequest.Item(
                        item.id(),
                        item.prompt().messages(),
                        item.completion().text(),
                        item.completion().finishReason(),
                        item.prompt().metadata()))
                .toList();
        Map<String, List<Score>> byModel = new LinkedHashMap<>();
        scorers.forEach((model, scorer) -> byModel.put(model, score(scorer, requestId(items), asked)));
        return IntStream.range(0, items.size())
                .mapToObj(i -> {
                    Map<String, Score> scores = new LinkedHashMap<>();
                    byModel.forEach((model, ofAll) ->
                            scores.put(model, usable(items.get(i).prompt(), model, ofAll.get(i))));
                    return new Scores(scores);
                })
                .toList();
    }

    private List<Score> score(RewardScorer scorer, String requestId, List<ScoreRequest.Item> items) {
        try (Span span = Span.begin("scoring");
                Waiting _ = journal.waiting(
                        "reward-model",
                        scorer.model().toString(),
                        "has not scored " + items.size() + " completions of task '" + task + "' yet")) {
            span.tag("tribunal.task", task)
                    .tag("tribunal.model", scorer.model().toString())
                    .tag("tribunal.items", items.size());
            return scorer.score(requestId, items);
        }
    }

    private Score usable(Prompt prompt, String model, Score score) {
        String lack =
                score.value() == null ? null : rewards.askedBy(prompt::text).lackOf(model, score.value());
        return lack == null ? score : Score.failed("unusable_score: it " + lack);
    }

    private List<List<JudgeVerdict>> judge(List<Item> items) {
        try (Span span = Span.begin("judging");
                Waiting _ = journal.waiting(
                        "judge-service",
                        "the judge service",
                        "has not judged " + items.size() + " completions of task '" + task + "' yet, by "
                                + judges.names())) {
            span.tag("tribunal.task", task).tag("tribunal.items", items.size());
            return judged(items);
        }
    }

    private List<List<JudgeVerdict>> judged(List<Item> items) {
        return judges.judge(
                requestId(items),
                new EvaluationContext(runId, items.getFirst().step(), task),
                items.stream()
                        .map(item -> new JudgeItem(
                                item.id(),
                                item.prompt().messages(),
                                item.completion(),
                                item.prompt().reference(),
                                item.prompt().metadata()))
                        .toList());
    }

    private String requestId(List<Item> items) {
        Item first = items.getFirst();
        return runId + "." + first.step() + "." + task + "." + first.id();
    }
}
