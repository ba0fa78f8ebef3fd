package dev.tribunal.trainer.checkpoint;

import org.jspecify.annotations.Nullable;

/** A checkpoint's files are not those that were written: nothing can go on from it. The message names the file. */
public final class DamagedCheckpointException extends RuntimeException {

    DamagedCheckpointException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
