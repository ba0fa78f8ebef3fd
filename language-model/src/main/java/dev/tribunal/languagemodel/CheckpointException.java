package dev.tribunal.languagemodel;

import java.nio.file.Path;

/** A checkpoint that cannot be read or does not fit: the message says which file, what is wrong and what to do. */
public final class CheckpointException extends RuntimeException {

    private final transient Path path;

    public CheckpointException(Path path, String message) {
        super(message);
        this.path = path;
    }

    public CheckpointException(Path path, String message, Throwable cause) {
        super(message, cause);
        this.path = path;
    }

    /** The file or directory at fault. */
    public Path path() {
        return path;
    }
}
