package dev.tribunal.trainer.tinker;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.tinker.Messages.Datum;
import dev.tribunal.trainer.tinker.TinkerModel.Step;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds out how a server reduces losses, by the norm of the gradient of one sequence, and of the same one twice: a sum has
 * twice the norm, a mean the same. Where a server tells no norm, its loss says it as well.
 */
final class ReductionProbe {

    private static final int LENGTH = 8;
    private static final double TOLERANCE = 0.1;

    private ReductionProbe() {}

    /** @param model is of no use afterwards */
    static Reduction of(TinkerModel model) {
        Datum one = Reduction.look(new int[] {token(model, 0)}, completion(model));
        Step once = step(model, List.of(one));
        Step twice = step(model, List.of(one, one));
        double ratio = Double.isNaN(once.gradientNorm())
                ? twice.loss() / once.loss()
                : twice.gradientNorm() / once.gradientNorm();
        if (Math.abs(ratio - 2) < 2 * TOLERANCE) {
            return Reduction.SUM;
        }
        if (Math.abs(ratio - 1) < TOLERANCE) {
            return Reduction.MEAN;
        }
        throw new TrainingFailedException(
                "the Tinker server's loss is neither a sum nor a mean: the same sequence twice has "
                        + ratio + " times the gradient or loss of once (the metrics " + TinkerModel.GRADIENT_NORM
                        + " of optim_step and " + TinkerModel.LOSS
                        + " of forward_backward); nothing can be trained on it");
    }

    /** Without a step that changes anything. */
    private static Step step(TinkerModel model, List<Datum> data) {
        return model.step(data, Reduction.lossOfLook(), AdamW.of(0, 1e9));
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
