package dev.tribunal.trainer.training;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.trainer.judgement.TaskJudges;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.reward.RewardScorer;
import dev.tribunal.trainer.reward.Score;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Asks a task's reward model and its judges about completions, both at the same time, in batches. */
final class Assessor {

    private final String runId;
    private final String task;
    private final RewardScorer scorer;
    private final TaskJudges judges;
    private final Batches<Item, Score> scoring = new Batches<>(this::score);
    private final Batches<Item, List<JudgeVerdict>> judging = new Batches<>(this::judge);

    Assessor(String runId, String task, RewardScorer scorer, TaskJudges judges) {
        this.runId = runId;
        this.task = task;
        this.scorer = scorer;
        this.judges = judges;
    }

    /** @param id unique within a step of the task */
    record Item(int step, String id, Prompt prompt, CompletionText completion) {}

    /** @return one an item, in order */
    CompletableFuture<List<Score>> scores(List<Item> items) {
        return scoring.submit(items);
    }

    /** @return one list an item, in order; empty lists if the task has no judges */
    CompletableFuture<List<List<JudgeVerdict>>> verdicts(List<Item> items) {
        return judges.isEmpty()
                ? CompletableFuture.completedFuture(
                        items.stream().map(item -> List.<JudgeVerdict>of()).toList())
                : judging.submit(items);
    }

    /** Nothing more is coming for now. */
    void flush() {
        scoring.flush();
        judging.flush();
    }

    private List<Score> score(List<Item> items) {
        return scorer.score(
                requestId(items),
                items.stream()
                        .map(item -> new ScoreRequest.Item(
                                item.id(),
                                item.prompt().messages(),
                                item.completion().text()))
                        .toList());
    }

    private List<List<JudgeVerdict>> judge(List<Item> items) {
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
