package dev.tribunal.local.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a platform answers, and the token it wants. A running platform keeps it in its home, readable by its owner
 * only.
 */
public record Address(String url, String token) {

    private static final String FILE = "platform.json";
    private static final JsonMapper JSON = new JsonMapper();

    /** The address of the platform that runs on a home; empty if none does. */
    public static Optional<Address> find(Path home) {
        Path file = home.resolve(FILE);
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readString(file), Address.class));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    void publish(Path home) {
        PrivateFiles.write(home.resolve(FILE), JSON.writeValueAsString(this));
    }

    static void withdraw(Path home) {
        try {
            Files.deleteIfExists(home.resolve(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Secrets are never printed by accident. */
    @Override
    public String toString() {
        return url;
    }
}
