package dev.tribunal.trainer.tinker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.trainer.journal.TrainingFailedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;

class AdapterArchiveTest {

    private static final byte[] JSON = {'{', '}'};
    private static final byte[] WEIGHTS = new byte[1000];

    static {
        Arrays.fill(WEIGHTS, (byte) 7);
    }

    @Test
    void theTwoFilesAreFoundInAnyFolder() throws IOException {
        String deep = "checkpoint/".repeat(12); // longer than the names that tar began with
        AdapterArchive read = AdapterArchive.read(archive(Map.of(
                deep + "adapter_config.json", JSON,
                deep + "adapter_model.safetensors", WEIGHTS,
                deep + "README.md", new byte[3])));

        assertThat(read.configuration()).isEqualTo(JSON);
        assertThat(read.weights()).isEqualTo(WEIGHTS);
    }

    @Test
    void whatIsLackingIsNamed() throws IOException {
        byte[] archive = archive(Map.of("adapter_config.json", JSON));

        assertThatThrownBy(() -> AdapterArchive.read(archive))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("lacks adapter_model.safetensors");
    }

    /** A link has no content of its own, and would stand for an empty file. */
    @Test
    void aLinkIsNoFile() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            put(tar, "adapter_config.json", JSON);
            TarArchiveEntry link = new TarArchiveEntry("adapter_model.safetensors", TarConstants.LF_SYMLINK);
            link.setLinkName("blobs/weights");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }

        assertThatThrownBy(() -> AdapterArchive.read(zipped(bytes.toByteArray())))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("lacks adapter_model.safetensors");
    }

    @Test
    void whatIsCutOffIsNotTaken() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("adapter_config.json", JSON);
        files.put("adapter_model.safetensors", WEIGHTS);
        byte[] tar = tar(files);
        byte[] cut = zipped(Arrays.copyOf(tar, 3 * 512 + 100)); // two headers, a file, and a tenth of the weights

        assertThatThrownBy(() -> AdapterArchive.read(cut))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> AdapterArchive.read(new byte[] {1, 2, 3}))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("cannot be read");
    }

    private static byte[] archive(Map<String, byte[]> files) throws IOException {
        return zipped(tar(files));
    }

    private static byte[] zipped(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] tar(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                put(tar, file.getKey(), file.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
