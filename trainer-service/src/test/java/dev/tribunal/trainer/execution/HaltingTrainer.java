package dev.tribunal.trainer.execution;

import dev.tribunal.trainer.TrainerServiceApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** The trainer service as a process of its own, with {@link HaltingTraining}. */
final class HaltingTrainer {

    private HaltingTrainer() {}

    public static void main(String[] arguments) {
        new SpringApplicationBuilder(TrainerServiceApplication.class, HaltingTraining.class)
                .properties(TrainerServiceApplication.CONFIGURATION)
                .run(arguments);
    }
}
