package dev.tribunal.trainer.checkpoint;

import dev.tribunal.contracts.runs.v1.run.CheckpointFile;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.servicekit.files.OwnedFolder;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * A run's checkpoints on disk: each a Hugging Face directory with {@code optimizer.safetensors} (AdamW's state) and
 * {@code training-state.json} beside the weights, which other readers pass over. Of a policy with an adapter the weights
 * have it merged, so that whoever reads a checkpoint can read this one, and the folder {@code adapter} has it by itself,
 * in PEFT's files.
 *
 * <p>A checkpoint is complete or absent, and never takes another one's place: the folders of a run that was taken up
 * again have the number of the attempt in their names ({@code step-000120.2}), so that a trainer that lost the run and
 * does not know it yet cannot touch those of the trainer that has it.
 */
public final class CheckpointWriter {

    /** The folder of a run that its checkpoints are in. */
    private static final String CHECKPOINTS = "checkpoints";

    /** Where of a checkpoint the adapter is, if the policy has one. */
    public static final String ADAPTER = "adapter";

    /** Where of a checkpoint AdamW's state is. */
    public static final String OPTIMIZER = "optimizer.safetensors";

    /** Where of a checkpoint the critic is, if the stage has one. */
    public static final String CRITIC = "critic";

    /** Where of a checkpoint the reference is, if it is not what the stage began with. */
    public static final String REFERENCE = "reference";

    /** Where of a checkpoint the critic's AdamW's state is. */
    public static final String CRITIC_OPTIMIZER = "critic-optimizer.safetensors";

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

    private final Engine engine;
    private final Path directory;

    /** @param run the run's folder; checkpoints are written to {@code checkpoints/step-000120} in it */
    public CheckpointWriter(Engine engine, Path run) {
        this.engine = engine;
        this.directory = folder(run);
    }

    /** @param run the run's folder */
    public static Path folder(Path run) {
        return run.toAbsolutePath().normalize().resolve(CHECKPOINTS);
    }

    /**
     * Deletes what trainers left in the folders of runs that were killed while they wrote or deleted a checkpoint or an artifact.
     *
     * @param data every run has a folder in it
     * @return what was deleted
     */
    public static List<Path> sweep(Path data) {
        if (!Files.isDirectory(data)) {
            return List.of();
        }
        try (Stream<Path> runs = Files.list(data)) {
            return runs.flatMap(run -> Stream.of(CHECKPOINTS, ArtifactFiles.ARTIFACTS)
                            .flatMap(folder -> OwnedFolder.sweep(run.resolve(folder)).stream()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look for leftovers in " + data + ": " + e, e);
        }
    }

    /**
     * @param critic absent if there is none
     * @param reference absent if it is what the stage began with
     * @param attempt how often the run has been taken up, from 1
     * @param fence asked when all is written and nothing is in place; throws if the run is another trainer's
     * @throws UncheckedIOException if the disk does not take it; the checkpoints before it stay as they are
     */
    public Checkpoint write(
            LanguageModel policy,
            @Nullable ScoringModel critic,
            @Nullable LanguageModel reference,
            TrainingState state,
            Purpose purpose,
            int attempt,
            Runnable fence) {
        String name = "step-%06d".formatted(state.step()) + (attempt == 1 ? "" : "." + attempt);
        Path target = directory.resolve(name);
        try (OwnedFolder unfinished = OwnedFolder.create(directory, name)) {
            Path content = unfinished.path().resolve(name);
            policy.save(content, WeightType.F32);
            if (policy.hasAdapter()) {
                policy.saveAdapter(content.resolve(ADAPTER));
            }
            policy.saveOptimizerState(content.resolve(OPTIMIZER));
            if (critic != null) {
                critic.save(content.resolve(CRITIC), WeightType.F32);
                critic.saveOptimizerState(content.resolve(CRITIC_OPTIMIZER));
            }
            if (reference != null) {
                saveTrained(reference, content.resolve(REFERENCE));
            }
            String stateDigest = CheckpointFiles.seal(content, state);
            Checkpoint checkpoint =
                    new Checkpoint(state.step(), target, engine.inspect(content).digest(), stateDigest, purpose);
            fence.run();
            unfinished.publish(content, target);
            CheckpointFiles.force(directory);
            return checkpoint;
        } catch (IOException | CheckpointException e) {
            throw new UncheckedIOException(
                    "the checkpoint " + target + " cannot be written: " + e.getMessage()
                            + ". Where the disk is full, free some of it; the checkpoints before this one are whole.",
                    asIo(e));
        }
    }

    /** Writes what is trained of a model, bit for bit: its adapter if it has one, else its weights. */
    public static void saveTrained(LanguageModel model, Path directory) {
        if (model.hasAdapter()) {
            model.saveAdapter(directory);
        } else {
            model.save(directory, WeightType.F32);
        }
    }

    /**
     * What a checkpoint knows beside the weights.
     *
     * @throws DamagedCheckpointException if one of its files is not as it was written
     */
    public static TrainingState read(Checkpoint checkpoint) {
        return CheckpointFiles.open(checkpoint);
    }

    /**
     * The files of a checkpoint, by path.
     *
     * @param stateDigest absent for a checkpoint that no run can go on from
     * @throws UncheckedIOException if they are not on this disk
     */
    public static List<CheckpointFile> files(Path checkpoint, @Nullable String stateDigest) {
        try {
            return CheckpointFiles.list(checkpoint, stateDigest);
        } catch (IOException | JacksonException e) {
            throw new UncheckedIOException("the files of " + checkpoint + " cannot be listed: " + e, asIo(e));
        }
    }

    /**
     * Gives another run files of a checkpoint. They are never written to again, so that they are linked where the disk
     * can, and take no room of their own.
     *
     * @param files as {@link #files} has them
     * @param target does not exist yet
     * @throws UncheckedIOException if the files are not there, or the disk does not take them
     */
    public static void share(Path checkpoint, Collection<CheckpointFile> files, Path target) {
        Path parent = Objects.requireNonNull(target.getParent(), "a checkpoint is in a run's folder");
        String name = String.valueOf(target.getFileName());
        try (OwnedFolder unfinished = OwnedFolder.create(parent, name)) {
            Path content = unfinished.path().resolve(name);
            for (CheckpointFile file : files) {
                Path shared = content.resolve(file.path());
                Files.createDirectories(Objects.requireNonNull(shared.getParent()));
                linkOrCopy(checkpoint.resolve(file.path()), shared);
            }
            CheckpointFiles.forceTree(content);
            unfinished.publish(content, target);
            CheckpointFiles.force(parent);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the checkpoint " + checkpoint + " cannot be taken over: " + e.getMessage(), e);
        }
    }

    static void linkOrCopy(Path file, Path target) throws IOException {
        try {
            Files.createLink(target, file);
        } catch (UnsupportedOperationException | FileSystemException anotherDisk) {
            Files.copy(file, target);
        }
    }

    /** Deletes checkpoints that no row knows any more. What cannot be deleted is left, for {@link #keepOnly}. */
    public static void delete(Collection<Path> checkpoints) {
        for (Path checkpoint : checkpoints) {
            try (OwnedFolder bin = OwnedFolder.create(Objects.requireNonNull(checkpoint.getParent()), "deleted")) {
                // Out of its place in one step: what is left of it never looks like a checkpoint.
                bin.publish(checkpoint, bin.path().resolve("checkpoint"));
            } catch (IOException | UncheckedIOException e) {
                LOG.warn("cannot delete the checkpoint {}", checkpoint, e);
            }
        }
    }

    /**
     * Deletes what is in the run's folder and in no row: a checkpoint whose trainer was killed before it could tell.
     *
     * @param run the run's folder
     * @param known the checkpoints that have rows
     */
    public static void keepOnly(Path run, Collection<Path> known) {
        Path directory = folder(run);
        if (!Files.isDirectory(directory)) {
            return;
        }
        Set<Path> names = known.stream().map(Path::getFileName).collect(Collectors.toSet());
        try (Stream<Path> entries = Files.list(directory)) {
            delete(entries.filter(entry -> entry.getFileName().toString().startsWith("step-"))
                    .filter(entry -> !names.contains(entry.getFileName()))
                    .toList());
        } catch (IOException e) {
            LOG.warn("cannot look for leftovers in {}", directory, e);
        }
    }

    private static IOException asIo(Exception e) {
        return e instanceof IOException io ? io : new IOException(e);
    }
}
