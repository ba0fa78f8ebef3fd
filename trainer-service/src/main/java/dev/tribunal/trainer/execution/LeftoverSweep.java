package dev.tribunal.trainer.execution;

import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.store.TrainerProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Deletes, at the start, the half-written checkpoints of trainers that were killed. Another trainer's are left alone. */
@Component
final class LeftoverSweep {

    private static final Logger log = LoggerFactory.getLogger(LeftoverSweep.class);

    private final TrainerProperties properties;

    LeftoverSweep(TrainerProperties properties) {
        this.properties = properties;
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        Thread.ofPlatform().daemon().name("leftovers").start(this::sweep);
    }

    private void sweep() {
        try {
            CheckpointWriter.sweep(properties.dataDirectory())
                    .forEach(left -> log.info("deleted {}, left by a trainer that was killed", left));
        } catch (RuntimeException e) {
            log.warn("cannot delete what killed trainers left", e);
        }
    }
}
