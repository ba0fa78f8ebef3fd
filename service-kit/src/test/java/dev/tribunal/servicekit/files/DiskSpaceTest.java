package dev.tribunal.servicekit.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {

    @TempDir
    private Path folder;

    @Test
    void whatFitsBesideTheReserveIsFine() {
        long free = DiskSpace.RESERVE + 1000;

        assertThat(DiskSpace.lack(folder, 1000, "It needs", free)).isNull();
        assertThat(DiskSpace.lack(folder, 1001, "It needs", free))
                .isEqualTo("It needs 1.0 kB in " + folder + ", whose disk has 268 MB free (268 MB stay reserved for the"
                        + " database and the logs)");
    }

    @Test
    void aFolderThatIsNotThereYetIsAskedOnItsParentsDisk() {
        assertThat(DiskSpace.lack(folder.resolve("a/b"), 1, "It needs")).isNull();
        assertThat(DiskSpace.lack(folder.resolve("a/b"), Long.MAX_VALUE, "It needs"))
                .contains("9.2 EB in " + folder);
    }

    @Test
    void sizesAreReadable() {
        assertThat(DiskSpace.size(0)).isEqualTo("0 bytes");
        assertThat(DiskSpace.size(165_300_000)).isEqualTo("165 MB");
        assertThat(DiskSpace.size(1_620_000_000)).isEqualTo("1.6 GB");
        assertThat(DiskSpace.size(999_600)).isEqualTo("1.0 MB");
    }
}
