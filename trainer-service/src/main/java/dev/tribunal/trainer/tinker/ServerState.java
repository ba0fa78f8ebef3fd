package dev.tribunal.trainer.tinker;

import dev.tribunal.languagemodel.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Where a server has what an adapter on this disk was trained to, in a file beside the adapter.
 *
 * @param url of the server
 * @param run that trained it
 * @param model that it was trained in
 * @param weights the server's path of weights and AdamW's moments
 */
record ServerState(String url, String baseModel, String run, String model, String weights, Reduction reduction) {

    private static final String FILE = "tinker.json";

    /** @throws UncheckedIOException if the disk does not take it */
    void write(Path adapterDirectory) {
        try {
            Files.write(adapterDirectory.resolve(FILE), TinkerClient.mapper().writeValueAsBytes(this));
        } catch (IOException e) {
            throw new UncheckedIOException(adapterDirectory + " cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * @return null if the adapter was not trained on a server
     * @throws CheckpointException if the file is not as it was written
     */
    static @Nullable ServerState read(Path adapterDirectory) {
        Path file = adapterDirectory.resolve(FILE);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return TinkerClient.mapper().readValue(Files.readAllBytes(file), ServerState.class);
        } catch (IOException | JacksonException e) {
            throw new CheckpointException(file, file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
