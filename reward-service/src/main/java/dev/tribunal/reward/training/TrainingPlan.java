package dev.tribunal.reward.training;

import dev.tribunal.contracts.common.Schedule;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Training;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Validation;
import dev.tribunal.languagemodel.AdamW;

/**
 * A registration's training with its defaults filled in.
 *
 * @param batchSize rows a step
 * @param learningRate after the warm-up, before the schedule lowers it
 * @param gradientClip the largest global L2 norm of a step's gradient; default 1
 * @param warmupSteps steps over which the learning rate grows linearly; default 0
 * @param validationShare of the prompts, whose rows are held out; default 0.1
 * @param schedule of the learning rate after the warm-up
 * @param validation when it is measured, and what follows
 */
public record TrainingPlan(
        int epochs,
        int batchSize,
        double learningRate,
        long seed,
        double gradientClip,
        int warmupSteps,
        double validationShare,
        Schedule schedule,
        Validation validation) {

    public static TrainingPlan of(Training training) {
        return new TrainingPlan(
                training.epochs(),
                training.batchSize(),
                training.learningRate(),
                training.seed(),
                training.gradientClip() == null ? 1.0 : training.gradientClip(),
                training.warmupSteps() == null ? 0 : training.warmupSteps(),
                training.validationShare() == null ? 0.1 : training.validationShare(),
                training.schedule(),
                training.validation());
    }

    /** At a constant learning rate, measured at each epoch's end. */
    public TrainingPlan(
            int epochs,
            int batchSize,
            double learningRate,
            long seed,
            double gradientClip,
            int warmupSteps,
            double validationShare) {
        this(
                epochs,
                batchSize,
                learningRate,
                seed,
                gradientClip,
                warmupSteps,
                validationShare,
                Schedule.CONSTANT,
                Validation.EACH_EPOCH);
    }

    /** The same for a second stage with a length and a learning rate of its own, without a warm-up. */
    public TrainingPlan stage(int otherEpochs, int otherBatchSize, double otherLearningRate) {
        return new TrainingPlan(
                otherEpochs,
                otherBatchSize,
                otherLearningRate,
                seed,
                gradientClip,
                0,
                validationShare,
                schedule,
                Validation.EACH_EPOCH);
    }

    /**
     * @param step counted from 0 over all epochs
     * @param steps of all epochs
     */
    AdamW adamW(int step, int steps) {
        double warmth = Math.min(1, (step + 1.0) / Math.max(1, warmupSteps));
        double factor =
                step < warmupSteps ? warmth : schedule.factor((double) (step - warmupSteps) / (steps - warmupSteps));
        return AdamW.of(learningRate * factor, gradientClip);
    }
}
