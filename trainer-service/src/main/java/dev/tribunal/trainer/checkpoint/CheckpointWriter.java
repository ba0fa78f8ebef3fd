package dev.tribunal.trainer.checkpoint;

import dev.tribunal.languagemodel.Checkpoints;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.WeightType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes checkpoints: a Hugging Face directory with {@code optimizer.safetensors} (AdamW's state) and
 * {@code training-state.json} beside the weights, which other readers pass over. Of a policy with an adapter the weights
 * have it merged, so that whoever reads a checkpoint can read this one, and the folder {@code adapter} has it by itself,
 * in PEFT's files. A checkpoint is complete or absent.
 */
public final class CheckpointWriter {

    private static final String ADAPTER = "adapter";
    private static final JsonMapper JSON = new JsonMapper();

    private final Path directory;

    /** @param directory that checkpoints are written below, as {@code step-000120} */
    public CheckpointWriter(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    /** @throws UncheckedIOException if the disk does not take it */
    public Checkpoint write(LanguageModel policy, TrainingState state) {
        Path target = directory.resolve("step-%06d".formatted(state.step()));
        Path partial = directory.resolve("." + target.getFileName() + ".partial");
        try {
            FileSystemUtils.deleteRecursively(partial);
            policy.save(partial, WeightType.F32);
            if (policy.hasAdapter()) {
                policy.saveAdapter(partial.resolve(ADAPTER));
            }
            policy.saveOptimizerState(partial.resolve("optimizer.safetensors"));
            Files.writeString(partial.resolve(TrainingState.FILE), JSON.writeValueAsString(state));
            FileSystemUtils.deleteRecursively(target);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the checkpoint " + target + " cannot be written: " + e.getMessage(), e);
        }
        return new Checkpoint(state.step(), target, Checkpoints.inspect(target).digest());
    }
}
