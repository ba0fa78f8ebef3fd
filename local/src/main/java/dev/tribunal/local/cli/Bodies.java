package dev.tribunal.local.cli;

import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Request bodies from files. */
final class Bodies {

    private static final JsonMapper JSON = new JsonMapper();

    private Bodies() {}

    /** @throws CommandException if the file does not have the contract's form */
    static <T> T read(Path file, Class<T> type) {
        try {
            return JSON.treeToValue(SpecFile.read(file), type);
        } catch (JacksonException e) {
            throw new CommandException(
                    file + " is not a " + type.getSimpleName() + ": " + e.getOriginalMessage() + " at "
                            + e.getPathReference(),
                    e);
        }
    }
}
