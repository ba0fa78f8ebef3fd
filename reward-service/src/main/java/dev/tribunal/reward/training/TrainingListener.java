package dev.tribunal.reward.training;

import dev.tribunal.contracts.reward.v1.RewardModelResource.CurvePoint;

/** Told how a training goes on; what it throws ends the training. */
public interface TrainingListener {

    /** @param share of all steps that is done, after each */
    void progressed(double share);

    void measured(CurvePoint point);

    /** For a stage that goes from one share of the whole to another. */
    default TrainingListener part(double from, double to) {
        TrainingListener whole = this;
        return new TrainingListener() {
            @Override
            public void progressed(double share) {
                whole.progressed(from + (to - from) * share);
            }

            @Override
            public void measured(CurvePoint point) {
                whole.measured(point);
            }
        };
    }
}
