package dev.tribunal.reward.training;

import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Training;
import dev.tribunal.languagemodel.AdamW;

/**
 * A registration's training with its defaults filled in.
 *
 * @param batchSize pairs a step
 * @param learningRate after the warm-up, constant
 * @param gradientClip the largest global L2 norm of a step's gradient; default 1
 * @param warmupSteps steps over which the learning rate grows linearly; default 0
 * @param validationShare of the prompts, whose pairs are held out; default 0.1
 */
public record TrainingPlan(
        int epochs,
        int batchSize,
        double learningRate,
        long seed,
        double gradientClip,
        int warmupSteps,
        double validationShare) {

    public static TrainingPlan of(Training training) {
        return new TrainingPlan(
                training.epochs(),
                training.batchSize(),
                training.learningRate(),
                training.seed(),
                training.gradientClip() == null ? 1.0 : training.gradientClip(),
                training.warmupSteps() == null ? 0 : training.warmupSteps(),
                training.validationShare() == null ? 0.1 : training.validationShare());
    }

    /** @param step counted from 0 over all epochs */
    AdamW adamW(int step) {
        double warmth = Math.min(1, (step + 1.0) / Math.max(1, warmupSteps));
        return AdamW.of(learningRate * warmth, gradientClip);
    }
}
