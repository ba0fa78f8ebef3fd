package dev.tribunal.local.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.local.platform.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFoldersTest {

    @TempDir
    private Path all;

    @Test
    void homesThatNoPlatformRunsOnAreDeletedAndNothingElse() throws IOException {
        Path old = all.resolve("2026-01-01_10-00-00");
        Home.open(old).close();
        Files.write(old.resolve("checkpoint"), new byte[5000]);
        Path notes = Files.createDirectory(all.resolve("notes"));
        Path running = all.resolve("2026-01-02_10-00-00");

        try (Home _ = Home.open(running)) {
            assertThat(DemoFolders.sizes(old, all))
                    .startsWith("This demo's data takes 5.0 kB in " + old)
                    .contains("all 2 demos take")
                    .contains("./tribunal demo --clean");

            DemoFolders.Cleaned cleaned = DemoFolders.clean(all);

            assertThat(cleaned.deleted()).containsExactly(old.toString());
            assertThat(cleaned.inUse()).containsExactly(running.toString());
            assertThat(cleaned.bytes()).isEqualTo(5000);
        }
        assertThat(old).doesNotExist();
        assertThat(notes).exists();
        assertThat(running).exists();
        assertThat(DemoFolders.clean(all.resolve("absent")).deleted()).isEmpty();
    }
}
