package dev.tribunal.trainer.checkpoint;

import dev.tribunal.contracts.runs.v1.run.CheckpointFile;
import dev.tribunal.contracts.runs.v1.run.CheckpointFile.Part;
import dev.tribunal.servicekit.digest.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A checkpoint's {@link TrainingState#FILE}: the state, and the SHA-256 of every other file, by which a checkpoint that
 * is not whole is known before anything is taken from it.
 *
 * @param files by path relative to the checkpoint, with {@code /}
 */
record CheckpointFiles(TrainingState state, Map<String, String> files) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> TRAINING_FILES =
            Set.of(TrainingState.FILE, CheckpointWriter.OPTIMIZER, CheckpointWriter.CRITIC_OPTIMIZER);

    CheckpointFiles {
        files = new TreeMap<>(files);
    }

    /**
     * Writes the state beside the other files, and sees that all of it is on the disk and not in a cache alone.
     *
     * @return the SHA-256 of the file
     */
    static String seal(Path checkpoint, TrainingState state) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (Path file : regularFiles(checkpoint)) {
            digests.put(name(checkpoint, file), Sha256.hex(file));
        }
        Path sealed = checkpoint.resolve(TrainingState.FILE);
        Files.writeString(sealed, JSON.writeValueAsString(new CheckpointFiles(state, digests)));
        String digest = Sha256.hex(sealed);
        forceTree(checkpoint);
        return digest;
    }

    /** @throws DamagedCheckpointException naming the file and what is wrong with it */
    static TrainingState open(Checkpoint checkpoint) {
        Path directory = checkpoint.directory();
        Path sealed = directory.resolve(TrainingState.FILE);
        try {
            requireDigest(sealed, checkpoint.stateDigest());
            CheckpointFiles read = JSON.readValue(Files.readString(sealed), CheckpointFiles.class);
            for (Map.Entry<String, String> file : read.files().entrySet()) {
                requireDigest(directory.resolve(file.getKey()), file.getValue());
            }
            return read.state();
        } catch (IOException | JacksonException unreadable) {
            throw new DamagedCheckpointException(sealed + " cannot be read: " + unreadable, unreadable);
        }
    }

    /**
     * What of a checkpoint is on the disk, by path.
     *
     * @param stateDigest absent for a checkpoint that no run can go on from
     */
    static List<CheckpointFile> list(Path checkpoint, @Nullable String stateDigest) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        if (stateDigest != null) {
            Path sealed = checkpoint.resolve(TrainingState.FILE);
            digests.putAll(JSON.readValue(Files.readString(sealed), CheckpointFiles.class)
                    .files());
            digests.put(TrainingState.FILE, stateDigest);
        }
        List<CheckpointFile> files = new ArrayList<>();
        for (Path file : regularFiles(checkpoint)) {
            String name = name(checkpoint, file);
            files.add(new CheckpointFile(name, part(name), Files.size(file), digests.get(name)));
        }
        files.sort(Comparator.comparing(CheckpointFile::path));
        return files;
    }

    private static Part part(String name) {
        int folder = name.indexOf('/');
        if (folder < 0) {
            return TRAINING_FILES.contains(name) ? Part.TRAINING : Part.MODEL;
        }
        return name.substring(0, folder).equals(CheckpointWriter.ADAPTER) ? Part.ADAPTER : Part.TRAINING;
    }

    private static void requireDigest(Path file, String expected) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new DamagedCheckpointException(file + " is not there", null);
        }
        String found = Sha256.hex(file);
        if (!found.equals(expected)) {
            throw new DamagedCheckpointException(
                    file + " has changed since it was written: its SHA-256 was " + expected + " and is " + found, null);
        }
    }

    private static List<Path> regularFiles(Path checkpoint) throws IOException {
        try (Stream<Path> tree = Files.walk(checkpoint)) {
            return new ArrayList<>(tree.filter(Files::isRegularFile).toList());
        }
    }

    private static String name(Path checkpoint, Path file) {
        List<String> parts = new ArrayList<>();
        checkpoint.relativize(file).forEach(part -> parts.add(part.toString()));
        return String.join("/", parts);
    }

    /** Sees that a file, or a folder with all that is in it, is on the disk and not in a cache alone. */
    static void forceTree(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path each : tree.toList()) {
                force(each);
            }
        }
    }

    /** A folder too: its entries are what is forced. */
    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
