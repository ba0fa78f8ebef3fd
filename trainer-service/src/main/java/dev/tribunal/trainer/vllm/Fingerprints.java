package dev.tribunal.trainer.vllm;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a server says of the fixed sequences with what the trainer says of them: whether it has the weights that it
 * was given. A step changes little, often less than two systems differ by, so that a small difference alone does not tell that
 * a server has the weights of an earlier step still. What tells it is an answer that stays the same to the last digit while
 * the trainer's has moved.
 */
final class Fingerprints {

    /** In nats a token. Less may be lost in the server's rounding. */
    private static final double MOVED = 1e-3;

    private final double tolerance;

    /** What both said when the server's answer last changed; absent before the first. */
    private @Nullable List<float[]> trainerThen;

    private @Nullable List<float[]> serverThen;

    Fingerprints(double tolerance) {
        this.tolerance = tolerance;
    }

    /**
     * @param difference mean of |trainer - server|, nats a token
     * @param problem absent if the server has the weights
     */
    record Check(double difference, @Nullable String problem) {}

    /** @param trainer {@code [sequences][tokens - 1]}, as is {@code server} */
    Check check(List<float[]> trainer, List<float[]> server) {
        double difference = difference(trainer, server);
        if (!(difference <= tolerance)) {
            return new Check(
                    difference,
                    "its log-probabilities differ from the trainer's by %.3g nats a token, more than the tolerance %.3g"
                            .formatted(difference, tolerance));
        }
        List<float[]> before = serverThen;
        if (before == null || !same(before, server)) {
            trainerThen = trainer;
            serverThen = server;
            return new Check(difference, null);
        }
        List<float[]> then = trainerThen;
        double moved = then == null ? 0 : difference(then, trainer);
        return new Check(
                difference,
                moved <= MOVED
                        ? null
                        : "its log-probabilities are those of an earlier adapter to the last digit, while the trainer's have"
                                + " moved by %.3g nats a token".formatted(moved));
    }

    private static boolean same(List<float[]> a, List<float[]> b) {
        for (int s = 0; s < a.size(); s++) {
            if (!Arrays.equals(a.get(s), b.get(s))) {
                return false;
            }
        }
        return true;
    }

    private static double difference(List<float[]> a, List<float[]> b) {
        double sum = 0;
        int tokens = 0;
        for (int s = 0; s < a.size(); s++) {
            for (int t = 0; t < a.get(s).length; t++) {
                sum += Math.abs((double) a.get(s)[t] - b.get(s)[t]);
                tokens++;
            }
        }
        return tokens == 0 ? 0 : sum / tokens;
    }
}
