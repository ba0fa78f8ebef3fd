package dev.tribunal.local.generate;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.reward.text.MiniBatches;
import dev.tribunal.reward.text.ScoredText;
import dev.tribunal.trainer.strategy.Rated;
import dev.tribunal.trainer.strategy.Scorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** A reward model in this process. What is too long for it, or is refused by its chat template, has no score. */
public final class CheckpointScorer implements Scorer {

    /** Tokens in one pass, padding included. */
    private static final int MAX_TOKENS = 8192;

    private final ScoringModel model;

    /** @throws IllegalArgumentException if it scores several labels */
    public CheckpointScorer(ScoringModel model) {
        if (model.labels().size() != 1) {
            throw new IllegalArgumentException("it scores " + model.labels().size()
                    + " labels, but a reward model by which completions are chosen scores one");
        }
        this.model = model;
    }

    private record Sequence(int index, int[] ids) {
        int length() {
            return ids.length;
        }
    }

    @Override
    public double[] score(List<Rated> items) {
        double[] scores = new double[items.size()];
        Arrays.fill(scores, Double.NaN);
        List<Sequence> sequences = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Rated item = items.get(i);
            try {
                int[] ids = ScoredText.tokens(
                        model.tokenizer(),
                        item.prompt().messages(),
                        item.completion().text());
                if (ids.length <= model.configuration().maxPositions()) {
                    sequences.add(new Sequence(i, ids));
                }
            } catch (CheckpointException refused) {
                // It has no score.
            }
        }
        sequences.sort(Comparator.comparingInt(Sequence::length));
        for (List<Sequence> batch : MiniBatches.split(sequences, Sequence::length, MAX_TOKENS)) {
            float[] given = model.scores(batch.stream().map(Sequence::ids).toList());
            for (int i = 0; i < given.length; i++) {
                scores[batch.get(i).index()] = Float.isFinite(given[i]) ? given[i] : Double.NaN;
            }
        }
        return scores;
    }
}
