package dev.tribunal.trainer.checkpoint;

import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.files.OwnedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a run's stages leave on disk beside checkpoints, in its folder {@code artifacts}: files of rows, and soups. Each is
 * complete or absent, and has the number of the attempt in its name ({@code label@2.jsonl}), so that a trainer that lost
 * the run cannot touch what its successor writes.
 */
public final class ArtifactFiles {

    /** The folder of a run that they are in. */
    static final String ARTIFACTS = "artifacts";

    private final Path directory;

    /** @param run the run's folder */
    public ArtifactFiles(Path run) {
        this.directory = run.toAbsolutePath().normalize().resolve(ARTIFACTS);
    }

    /** Writes the content of an artifact. */
    @FunctionalInterface
    public interface Content {
        /** @param target does not exist yet */
        void write(Path target) throws IOException;
    }

    /**
     * @param stage its name
     * @param extension of the file, with its dot; empty for a folder
     * @param attempt how often the run has been taken up, from 1
     * @param fence asked when all is written and nothing is in place; throws if the run is another trainer's
     * @throws UncheckedIOException if the disk does not take it
     */
    public Path write(String stage, String extension, int attempt, Runnable fence, Content content) {
        String name = stage + (attempt == 1 ? "" : "@" + attempt) + extension;
        Path target = directory.resolve(name);
        try (OwnedFolder unfinished = OwnedFolder.create(directory, name)) {
            Path written = unfinished.path().resolve(name);
            content.write(written);
            CheckpointFiles.forceTree(written);
            fence.run();
            unfinished.publish(written, target);
            CheckpointFiles.force(directory);
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "what stage '" + stage + "' leaves cannot be written to " + target + ": " + e.getMessage()
                            + ". Where the disk is full, free some of it",
                    e);
        }
    }

    /**
     * Takes over what a stage of another run left: a file, or the model of a checkpoint's folder.
     *
     * @return where it is in this run's folder
     * @throws UncheckedIOException if it is not there, or the disk does not take it
     */
    public Path share(String stage, Path left) {
        if (Files.isDirectory(left)) {
            Path target = directory.resolve(stage);
            CheckpointWriter.share(left, CheckpointWriter.files(left, null), target);
            return target;
        }
        String file = String.valueOf(left.getFileName());
        int dot = file.lastIndexOf('.');
        String extension = dot < 0 ? "" : file.substring(dot);
        return write(stage, extension, 1, () -> {}, target -> CheckpointWriter.linkOrCopy(left, target));
    }

    /** @return a file's SHA-256; null if it cannot be read */
    public static @Nullable String digest(Path file) {
        try {
            return Sha256.hex(file);
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Deletes what no row knows: an artifact whose trainer was killed before it could tell.
     *
     * @param known references of the run's artifacts
     */
    public void keepOnly(Collection<String> known) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            CheckpointWriter.delete(entries.filter(
                            entry -> !entry.getFileName().toString().startsWith("."))
                    .filter(entry -> known.stream().noneMatch(reference -> reference.endsWith(entry.toString())))
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look for leftovers in " + directory + ": " + e, e);
        }
    }
}
