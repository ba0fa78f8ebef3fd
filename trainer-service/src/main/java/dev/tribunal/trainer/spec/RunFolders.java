package dev.tribunal.trainer.spec;

import dev.tribunal.servicekit.caller.Caller;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whose the files are that runs have written: the folder below the trainer's data that has a run's id holds its
 * checkpoints and artifacts, and is seen by those who see the run.
 */
public final class RunFolders {

    private final Path data;
    private final Function<String, Optional<String>> namespaceOf;

    /**
     * @param data in which every run has a folder
     * @param namespaceOf the run with an id, whoever asks; empty if there is none
     */
    public RunFolders(Path data, Function<String, Optional<String>> namespaceOf) {
        this.data = data;
        this.namespaceOf = namespaceOf;
    }

    /**
     * @param reference as it was written, for people
     * @param found what it leads to, without links
     * @return {@code found}
     * @throws IllegalArgumentException if it is a run's, and the caller does not see that run
     */
    public Path seen(String reference, Path found, Caller caller) {
        if (caller.namespaces() == null) {
            return found;
        }
        Path runs = real();
        if (found.startsWith(runs)
                && (found.equals(runs)
                        || namespaceOf
                                .apply(runs.relativize(found).getName(0).toString())
                                .filter(caller::sees)
                                .isEmpty())) {
            throw new IllegalArgumentException(
                    "'" + reference + "': there is no run in your namespaces that has written"
                            + " this; name what a run of yours has written");
        }
        return found;
    }

    private Path real() {
        try {
            return data.toRealPath();
        } catch (IOException absent) {
            return data.toAbsolutePath().normalize();
        }
    }
}
