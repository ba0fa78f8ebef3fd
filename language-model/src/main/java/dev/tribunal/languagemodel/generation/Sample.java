package dev.tribunal.languagemodel.generation;

import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A completion that is being sampled. */
final class Sample {

    private final int prompt;
    private final int sample;
    private final long randomKey;
    private final int promptLength;
    private final int[] ids;
    private final float[] logProbs;
    private final @Nullable StopSearch stops;
    private int length;

    /** @param stops null if no text ends it */
    Sample(int prompt, int sample, long randomKey, int promptLength, int maxNewTokens, @Nullable StopSearch stops) {
        this.prompt = prompt;
        this.sample = sample;
        this.randomKey = randomKey;
        this.promptLength = promptLength;
        ids = new int[maxNewTokens];
        logProbs = new float[maxNewTokens];
        this.stops = stops;
    }

    int prompt() {
        return prompt;
    }

    int lastId() {
        return ids[length - 1];
    }

    int lastPosition() {
        return promptLength + length - 1;
    }

    /** What the next token is drawn with; below 1 as a float too. */
    float uniform() {
        return Math.min((float) CounterRandom.uniform(randomKey, length), Math.nextDown(1f));
    }

    int sample() {
        return sample;
    }

    void add(int id, float logProb) {
        ids[length] = id;
        logProbs[length] = logProb;
        length++;
    }

    /** Whether the token just added completes a stop string; to be asked after each token. */
    boolean completesStopString() {
        return stops != null && stops.completedBy(lastId());
    }

    boolean isFull() {
        return length == ids.length;
    }

    SampledCompletion finished(FinishReason reason) {
        return new SampledCompletion(
                prompt, sample, Arrays.copyOf(ids, length), Arrays.copyOf(logProbs, length), reason);
    }
}
