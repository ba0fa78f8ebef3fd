package dev.tribunal.local.cli.shared;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.servicekit.error.WrongKind;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/** Request bodies from files. */
public final class Bodies {

    private static final JsonMapper JSON = new JsonMapper();

    private Bodies() {}

    /** @throws CommandException if the file does not have the contract's form */
    public static <T> T read(Path file, Class<T> type) {
        try {
            return convert(SpecFile.read(file), type);
        } catch (IllegalArgumentException e) {
            throw new CommandException(InputFile.name(file) + ": " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException naming the place that does not have the contract's form */
    public static <T> T convert(JsonNode node, Class<T> type) {
        try {
            return JSON.treeToValue(node, type);
        } catch (MismatchedInputException e) {
            FieldError wrong = WrongKind.of(e);
            throw new IllegalArgumentException(wrong.pointer() + " " + wrong.detail(), e);
        } catch (JacksonException e) {
            Throwable cause = e.getCause(); // what a record says of its values
            throw new IllegalArgumentException(cause == null ? e.getOriginalMessage() : cause.getMessage(), e);
        }
    }
}
