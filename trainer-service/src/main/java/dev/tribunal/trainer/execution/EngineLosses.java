package dev.tribunal.trainer.execution;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How often runs have lost their models on servers without coming any further in between, so that none goes back to its
 * checkpoint for ever. It counts what this trainer has seen.
 */
final class EngineLosses {

    private static final int MOST = 3;

    private final Map<String, Loss> losses = new ConcurrentHashMap<>();

    private record Loss(int step, int times) {}

    /**
     * A run has lost its model.
     *
     * @param step the last that was committed since the run was taken up; 0 if none was
     * @return whether that is enough
     */
    boolean isTooMuch(String runId, int step) {
        Loss loss = losses.merge(
                runId,
                new Loss(step, 1),
                (before, now) ->
                        now.step() > before.step() ? now : new Loss(before.step(), before.times() + now.times()));
        return loss.times() >= MOST;
    }

    void forget(String runId) {
        losses.remove(runId);
    }
}
