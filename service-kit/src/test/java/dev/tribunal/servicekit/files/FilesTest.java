package dev.tribunal.servicekit.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {

    @TempDir
    private Path folder;

    @Test
    void aReferenceIsTakenFromTheFirstRoot() throws IOException {
        Files.createDirectory(folder.resolve("model"));
        assertThat(new FileRoots(List.of(folder)).checkpoint("hf:./model"))
                .isEqualTo(folder.resolve("model").toRealPath());
    }

    @Test
    void nothingOutsideTheRootsIsRead() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        Path secret = Files.writeString(folder.resolve("secret.txt"), "x");
        Files.createSymbolicLink(root.resolve("link"), secret);
        FileRoots roots = new FileRoots(List.of(root));

        for (String reference : List.of("file:../secret.txt", "file:" + secret, "file:link")) {
            assertThatThrownBy(() -> roots.file(reference))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tribunal.files.roots");
        }
    }

    @Test
    void aMissingFileAndAMissingSchemeAreNamed() {
        FileRoots roots = new FileRoots(List.of(folder));
        assertThatThrownBy(() -> roots.checkpoint("hf:nowhere")).hasMessageContaining("nowhere does not exist");
        assertThatThrownBy(() -> roots.checkpoint("nowhere")).hasMessageContaining("must be written hf:DIRECTORY");
    }
}
