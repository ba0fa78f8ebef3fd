package dev.tribunal.trainer.tinker;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.tinker.Messages.Datum;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds out how a server reduces losses, by the norm of the gradient of one sequence, and of the same one twice: a sum has
 * twice the norm, a mean the same.
 */
final class ReductionProbe {

    private static final int LENGTH = 8;
    private static final double TOLERANCE = 0.1;

    private ReductionProbe() {}

    /** @param model is of no use afterwards */
    static Reduction of(TinkerModel model) {
        Datum one = Reduction.look(new int[] {token(model, 0)}, completion(model));
        double once = norm(model, List.of(one));
        double twice = norm(model, List.of(one, one));
        double ratio = twice / once;
        if (Math.abs(ratio - 2) < 2 * TOLERANCE) {
            return Reduction.SUM;
        }
        if (Math.abs(ratio - 1) < TOLERANCE) {
            return Reduction.MEAN;
        }
        throw new TrainingFailedException(
                "the Tinker server's loss is neither a sum nor a mean: the gradient of one sequence"
                        + " has the norm " + once + ", and that of the same one twice " + twice
                        + " (the metric " + TinkerModel.GRADIENT_NORM
                        + " of optim_step); nothing can be trained on it");
    }

    /** Without a step that changes anything. */
    private static double norm(TinkerModel model, List<Datum> data) {
        return model.step(data, Reduction.lossOfLook(), AdamW.of(0, 1e9)).gradientNorm();
    }

    private static int[] completion(TinkerModel model) {
        return IntStream.rangeClosed(1, LENGTH)
                .map(place -> token(model, place))
                .toArray();
    }

    /** Any but the same ones. */
    private static int token(TinkerModel model, int place) {
        return place * 37 % model.configuration().vocabularySize();
    }
}
