package dev.tribunal.servicekit.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileRootsTest {

    @TempDir
    private Path folder;

    private Path root;
    private Path model;
    private FileRoots roots;

    @BeforeEach
    void make() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        model = Files.createDirectory(root.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
        Files.createDirectory(folder.resolve("outside"));
        Files.writeString(folder.resolve("outside/secret"), "x");
        roots = new FileRoots(List.of(root));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer.json", "model-00001-of-00002.safetensors", "additional_chat_templates/a.jinja"})
    void aLinkInACheckpointMayNotLeaveTheRoots(String name) throws IOException {
        Path link = model.resolve(name);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, folder.resolve("outside/secret"));
        refused(name + " is a link to", "outside/secret", "tribunal.files.roots");
    }

    @Test
    void norMayALinkedDirectoryOrALinkByAnother() throws IOException {
        Files.createSymbolicLink(model.resolve("additional_chat_templates"), folder.resolve("outside"));
        refused("additional_chat_templates is a link to");
        Files.delete(model.resolve("additional_chat_templates"));
        Files.createSymbolicLink(root.resolve("second"), folder.resolve("outside/secret"));
        Files.createSymbolicLink(model.resolve("first"), Path.of("../second"));
        refused("first is a link to");
    }

    /** As huggingface_hub lays out its cache: each file of a snapshot is a link to a blob beside it. */
    @Test
    void aHuggingFaceCacheBelowARootIsReadAndHeldToTheRoots() throws IOException {
        Path repository = root.resolve("hub/models--a--b");
        Path snapshot = Files.createDirectories(repository.resolve("snapshots/0123"));
        Files.createDirectories(repository.resolve("blobs"));
        Files.writeString(repository.resolve("blobs/abc"), "{}");
        Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/abc"));
        assertThat(roots.checkpoint("hf:hub/models--a--b/snapshots/0123")).isEqualTo(snapshot.toRealPath());
        assertThatThrownBy(() -> new FileRoots(List.of(snapshot)).checkpoint("hf:."))
                .hasMessageContaining("config.json is a link to");
    }

    @Test
    void aLinkToNowhereIsTheReadersBusiness() throws IOException {
        Files.createSymbolicLink(model.resolve("README.md"), Path.of("nowhere"));
        assertThat(roots.checkpoint("hf:model")).isEqualTo(model.toRealPath());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc/kmsg", "/proc/self/environ", "/sys/kernel/notes", "/dev/null", "/dev/zero"})
    void whatIsNotAStoredRegularFileIsRefusedUnread(String path) {
        assumeTrue(Files.exists(Path.of(path)));
        assertThatThrownBy(() -> new FileRoots(List.of(Path.of("/"))).file("file:" + path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).*(is made by the kernel|is not a regular file).*");
    }

    @Test
    void aLinkToTheKernelsFilesIsRefusedInACheckpoint() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/kmsg")));
        Files.createSymbolicLink(model.resolve("tokenizer.json"), Path.of("/proc/kmsg"));
        assertThatThrownBy(() -> new FileRoots(List.of(root, Path.of("/"))).checkpoint("hf:model"))
                .hasMessageContaining("is made by the kernel (proc)");
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> roots.checkpoint("hf:model"))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(refused -> assertThat(refused.getMessage()).contains(parts));
    }
}
