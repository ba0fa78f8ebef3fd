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
    private static final long MINI_BATCHES = -4;
    private static final long CRITIC = -5;
    private static final long GENERATED = -6;
    private static final long SELECTION = -7;
    private static final long GOAL = -8;

    /** A rollout's tokens. */
    public long rollout(int step, int task, int prompt, int sample) {
        return CounterRandom.key(seed, step, task, prompt, sample);
    }

    /** A held-out completion's tokens: the same before and after training, so that the two compare. */
    public long evaluation(int task, int prompt, int sample) {
        return CounterRandom.key(seed, EVALUATION, task, prompt, sample);
    }

    /**
     * The tokens of a completion that a stage generates.
     *
     * @param sample its number, or that of a branch of a tree
     */
    public long generated(int stage, int prompt, int sample) {
        return CounterRandom.key(seed, GENERATED, stage, prompt, sample);
    }

    /** Which of a prompt's completions a method draws. */
    public long selection(int step, int task, int prompt, int firstSample) {
        return CounterRandom.key(seed, SELECTION, step, task, prompt, firstSample);
    }

    /** The rewards that a stage lets a prompt ask for. */
    public long goal(int stage, int prompt) {
        return CounterRandom.key(seed, GOAL, stage, prompt);
    }

    /**
     * A generated baseline completion's tokens.
     *
     * @param redraw 0 for the first one, and how often it was drawn again
     */
    public long baselineCompletion(int task, int prompt, boolean heldOut, int redraw) {
        int set = heldOut ? 1 : 0;
        return redraw == 0
                ? CounterRandom.key(seed, BASELINE, task, prompt, set)
                : CounterRandom.key(seed, BASELINE, task, prompt, set, redraw);
    }

    /** What a stage's new adapter starts as. */
    public long adapter(int stage) {
        return stage == 0 ? CounterRandom.key(seed, ADAPTER) : CounterRandom.key(seed, ADAPTER, stage);
    }

    /** The order in which an epoch of a step goes through a task's losses. */
    public long miniBatches(int step, int task, int epoch) {
        return CounterRandom.key(seed, MINI_BATCHES, step, task, epoch);
    }

    /** What the critic's head starts as. */
    public long critic(int stage) {
        return CounterRandom.key(seed, CRITIC, stage);
    }

    /** The order of a task's prompts. */
    public long promptOrder(int task) {
        return CounterRandom.key(seed, ORDER, task);
    }
}
