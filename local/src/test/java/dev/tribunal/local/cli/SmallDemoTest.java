package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallDemoTest {

    private static final FileTime LONG_AGO = FileTime.from(Instant.EPOCH);

    @TempDir
    private Path folder;

    /** A run reads them when it starts, checks their digests, and fails if it meets them while they are written. */
    @Test
    void theNextSpecLeavesTheFilesAloneThatARunOfTheFirstMayBeReading() throws IOException {
        SmallDemo.spec(2, folder);
        List<Path> files = files();
        assertThat(files).hasSize(5);
        for (Path file : files) {
            assertThat(Files.readAllLines(file)).hasSize(2);
            Files.setLastModifiedTime(file, LONG_AGO);
        }

        SmallDemo.spec(5000, folder);

        for (Path file : files()) {
            assertThat(Files.getLastModifiedTime(file)).as("%s", file).isEqualTo(LONG_AGO);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }
}
