package dev.tribunal.local.platform;

import java.nio.file.Path;

/** The project's own folder, with the checkpoints and specs in {@code examples}. */
public final class Project {

    private Project() {}

    /** The launcher script says where it lies; without one, it is the working directory. */
    public static Path folder() {
        return Path.of(System.getProperty("tribunal.project", ""))
                .toAbsolutePath()
                .normalize();
    }

    public static Path example(String name) {
        return folder().resolve("examples").resolve(name);
    }

    /** A checkpoint of the embedded default. */
    static Path embedded(String name) {
        return example("embedded").resolve(name);
    }
}
