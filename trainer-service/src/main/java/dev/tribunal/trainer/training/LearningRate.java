package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;

/**
 * The learning rate of each step: a linear rise over the warm-up steps, then the schedule over the remaining ones. A
 * falling schedule starts at the full rate and would reach 0 one step after the last, so that no step is wasted.
 */
record LearningRate(RunSpec.Training training) {

    /** @param step from 1 */
    double at(int step) {
        int warmup = training.warmupSteps();
        if (step <= warmup) {
            return training.learningRate() * step / warmup;
        }
        double done = (double) (step - warmup - 1) / (training.steps() - warmup);
        return training.learningRate() * training.schedule().factor(done);
    }
}
