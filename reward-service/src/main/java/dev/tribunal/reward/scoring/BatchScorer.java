package dev.tribunal.reward.scoring;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.reward.v1.ScoreRequest.Item;
import dev.tribunal.contracts.reward.v1.ScoreResponse.Result;
import dev.tribunal.contracts.reward.v1.ScoreResponse.ScoreError;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.reward.head.Heads;
import dev.tribunal.reward.text.MiniBatches;
import dev.tribunal.reward.text.ScoredText;
import dev.tribunal.servicekit.work.WorkPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/** Scores items with one model, in mini-batches of like length. An item that cannot be scored spoils no other. */
final class BatchScorer {

    /** Tokens in one pass, padding included. */
    private static final int MAX_TOKENS = 8192;

    private final ScoringModel model;
    private final Heads heads;
    private final WorkPool pool;
    private final Duration longest;

    /**
     * @param heads of the model, if it has several
     * @param pool where texts become tokens
     * @param longest that this may take
     */
    BatchScorer(ScoringModel model, Heads heads, WorkPool pool, Duration longest) {
        this.model = model;
        this.heads = heads;
        this.pool = pool;
        this.longest = longest;
    }

    /** @return one result an item, in the order of the items */
    List<Result> score(List<Item> items) {
        Result[] results = new Result[items.size()];
        List<Sequence> sequences = pool.call(longest, () -> sequences(items, results));
        for (List<Sequence> batch : MiniBatches.split(sequences, Sequence::length, MAX_TOKENS)) {
            float[][] scores =
                    model.labelScores(batch.stream().map(Sequence::ids).toList());
            for (int i = 0; i < scores.length; i++) {
                int index = batch.get(i).index();
                results[index] = result(items.get(index), scores[i]);
            }
        }
        return Arrays.asList(results);
    }

    /** The shortest first; those that cannot be scored get their results. */
    private List<Sequence> sequences(List<Item> items, Result[] results) {
        List<Sequence> sequences = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("interrupted between two items");
            }
            try {
                sequences.add(new Sequence(i, tokens(items.get(i))));
            } catch (Unscorable e) {
                results[i] = error(items.get(i), e.code, e.detail);
            }
        }
        sequences.sort(Comparator.comparingInt(Sequence::length));
        return sequences;
    }

    private int[] tokens(Item item) {
        int characters = item.completion().length();
        for (Message message : item.messages()) {
            characters += message.content().length();
        }
        // Checked before the tokenizer is kept busy with it.
        if (characters > Scoring.MAX_CHARACTERS) {
            throw new Unscorable("too_long", characters + " characters; at most " + Scoring.MAX_CHARACTERS);
        }
        int[] ids;
        try {
            ids = ScoredText.tokens(model.tokenizer(), item.messages(), item.completion());
        } catch (CheckpointException e) {
            throw new Unscorable("template_refused", Objects.requireNonNullElseGet(e.getMessage(), e::toString));
        }
        int positions = model.configuration().maxPositions();
        if (ids.length > positions) {
            throw new Unscorable("too_long", ids.length + " tokens; the reward model reads at most " + positions);
        }
        return ids;
    }

    /** @param scores {@code [labels]} */
    private Result result(Item item, float[] scores) {
        for (float score : scores) {
            if (!Float.isFinite(score)) {
                return error(item, "not_finite", "the reward model gave " + score);
            }
        }
        if (!heads.isEmpty()) {
            return heads.result(item.itemId(), scores);
        }
        return scores.length == 1
                ? new Result(item.itemId(), (double) scores[0], null)
                : Heads.classified(item.itemId(), model.labels(), scores);
    }

    private static Result error(Item item, String code, String detail) {
        return new Result(item.itemId(), null, new ScoreError(code, detail));
    }

    /** @param index of its item */
    private record Sequence(int index, int[] ids) {

        int length() {
            return ids.length;
        }
    }

    /** Why one item gets no score. */
    private static final class Unscorable extends RuntimeException {

        private final String code;
        private final String detail;

        Unscorable(String code, String detail) {
            super(detail);
            this.code = code;
            this.detail = detail;
        }
    }
}
