package dev.tribunal.trainer.checkpoint;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Checkpoints;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.servicekit.files.OwnedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes checkpoints: a Hugging Face directory with {@code optimizer.safetensors} (AdamW's state) and
 * {@code training-state.json} beside the weights, which other readers pass over. Of a policy with an adapter the weights
 * have it merged, so that whoever reads a checkpoint can read this one, and the folder {@code adapter} has it by itself,
 * in PEFT's files. A checkpoint is complete or absent.
 */
public final class CheckpointWriter {

    /** The folder of a run that its checkpoints are in. */
    public static final String CHECKPOINTS = "checkpoints";

    private static final String ADAPTER = "adapter";
    private static final JsonMapper JSON = new JsonMapper();

    private final Path directory;

    /** @param directory that checkpoints are written below, as {@code step-000120} */
    public CheckpointWriter(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    /**
     * Deletes what trainers left in the folders of runs that were killed while they wrote a checkpoint.
     *
     * @param data every run has a folder in it
     * @return what was deleted
     */
    public static List<Path> sweep(Path data) {
        if (!Files.isDirectory(data)) {
            return List.of();
        }
        try (Stream<Path> runs = Files.list(data)) {
            return runs.flatMap(run -> OwnedFolder.sweep(run.resolve(CHECKPOINTS)).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look for leftovers in " + data + ": " + e, e);
        }
    }

    /** @throws UncheckedIOException if the disk does not take it; the checkpoints before it stay as they are */
    public Checkpoint write(LanguageModel policy, TrainingState state) {
        String name = "step-%06d".formatted(state.step());
        Path target = directory.resolve(name);
        try (OwnedFolder unfinished = OwnedFolder.create(directory, name)) {
            Path checkpoint = unfinished.path().resolve(name);
            policy.save(checkpoint, WeightType.F32);
            if (policy.hasAdapter()) {
                policy.saveAdapter(checkpoint.resolve(ADAPTER));
            }
            policy.saveOptimizerState(checkpoint.resolve("optimizer.safetensors"));
            Files.writeString(checkpoint.resolve(TrainingState.FILE), JSON.writeValueAsString(state));
            FileSystemUtils.deleteRecursively(target);
            unfinished.publish(checkpoint, target);
        } catch (IOException | CheckpointException e) {
            throw new UncheckedIOException(
                    "the checkpoint " + target + " cannot be written: " + e.getMessage()
                            + ". Where the disk is full, free some of it; the checkpoints before this one are whole.",
                    asIo(e));
        }
        return new Checkpoint(state.step(), target, Checkpoints.inspect(target).digest());
    }

    private static IOException asIo(Exception e) {
        return e instanceof IOException io ? io : new IOException(e);
    }
}
