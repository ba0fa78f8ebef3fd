package dev.tribunal.trainer.generation;

import dev.tribunal.languagemodel.CounterRandom;

/**
 * What each random number of a run is for. Steps count from 1, so that the other uses, below 1, never share a key with
 * them. Nothing here has state: a number can be drawn again at any time.
 *
 * @param seed the run's
 */
public record RandomKeys(long seed) {

    private static final long EVALUATION = 0;
    private static final long BASELINE = -1;
    private static final long ORDER = -2;
    private static final long ADAPTER = -3;

    /** A rollout's tokens. */
    public long rollout(int step, int task, int prompt, int sample) {
        return CounterRandom.key(seed, step, task, prompt, sample);
    }

    /** A held-out completion's tokens: the same before and after training, so that the two compare. */
    public long evaluation(int task, int prompt, int sample) {
        return CounterRandom.key(seed, EVALUATION, task, prompt, sample);
    }

    /** A generated baseline completion's tokens. */
    public long baseline(int task, int prompt, boolean heldOut) {
        return CounterRandom.key(seed, BASELINE, task, prompt, heldOut ? 1 : 0);
    }

    /** What a new adapter starts as. */
    public long adapter() {
        return CounterRandom.key(seed, ADAPTER);
    }

    /** The order of a task's prompts. */
    public long promptOrder(int task) {
        return CounterRandom.key(seed, ORDER, task);
    }
}
