package dev.tribunal.trainer.tinker;

import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.LoraTarget;
import dev.tribunal.trainer.journal.TrainingFailedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.io.input.BoundedInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An adapter as a server gives it: {@code tar.gz} of PEFT's two files.
 *
 * @param configuration {@code adapter_config.json}
 * @param weights {@code adapter_model.safetensors}
 */
record AdapterArchive(byte[] configuration, byte[] weights) {

    static final String CONFIGURATION = "adapter_config.json";
    static final String WEIGHTS = "adapter_model.safetensors";

    private static final int MOST_BYTES = 1 << 30;

    /** Weights hardly get smaller; what does is cut off here, before headers without end fill the memory. */
    private static final long MOST_TIMES_LARGER = 100;

    /** @throws TrainingFailedException if it is not an archive with both files */
    static AdapterArchive read(byte[] archive) {
        Map<String, byte[]> files = new HashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(BoundedInputStream.builder()
                .setInputStream(new GZIPInputStream(new ByteArrayInputStream(archive)))
                .setMaxCount(MOST_TIMES_LARGER * archive.length)
                .get())) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String file = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                boolean link = entry.isSymbolicLink() || entry.isLink();
                if (entry.isFile() && !link && (file.equals(CONFIGURATION) || file.equals(WEIGHTS))) {
                    files.put(file, content(tar, entry));
                }
            }
        } catch (IOException e) {
            throw new TrainingFailedException(
                    "the server's archive of the adapter cannot be read: " + e.getMessage(), e);
        }
        byte[] configuration = files.get(CONFIGURATION);
        byte[] weights = files.get(WEIGHTS);
        if (configuration == null || weights == null) {
            throw new TrainingFailedException(
                    "the server's archive of the adapter lacks " + (weights == null ? WEIGHTS : CONFIGURATION));
        }
        return new AdapterArchive(configuration, weights);
    }

    private static byte[] content(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
        if (entry.getSize() > MOST_BYTES) {
            throw new IOException(entry.getName() + " has " + entry.getSize() + " bytes");
        }
        byte[] content = tar.readNBytes((int) entry.getSize());
        if (content.length < entry.getSize()) {
            throw new IOException(
                    entry.getName() + " ends after " + content.length + " of " + entry.getSize() + " bytes");
        }
        return content;
    }

    /**
     * Writes what PEFT loads. The modules that are adapted are named, which servers leave out.
     *
     * @param lora as the server was asked for it
     * @param baseModel what PEFT is to load below the adapter
     * @throws TrainingFailedException if the server made another adapter
     */
    void write(Path directory, Lora lora, Path baseModel) {
        JsonNode read;
        try {
            read = TinkerClient.mapper().readTree(configuration);
        } catch (JacksonException e) {
            throw new TrainingFailedException("the server's " + CONFIGURATION + " is not JSON: " + e.getMessage(), e);
        }
        if (!(read instanceof ObjectNode json)
                || json.path("r").asInt(0) != lora.rank()
                || json.path("lora_alpha").asDouble(0) != lora.alpha()) {
            throw new TrainingFailedException("the server's adapter has rank " + read.path("r") + " and alpha "
                    + read.path("lora_alpha") + ", but the run has rank " + lora.rank() + " and alpha " + lora.alpha());
        }
        json.put("peft_type", "LORA");
        json.put("task_type", "CAUSAL_LM");
        json.put("base_model_name_or_path", baseModel.toString());
        json.put("inference_mode", true);
        json.set(
                "target_modules",
                TinkerClient.mapper()
                        .valueToTree(
                                lora.targets().stream().map(LoraTarget::module).toList()));
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(CONFIGURATION), json.toPrettyString());
            Files.write(directory.resolve(WEIGHTS), weights);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be written: " + e.getMessage(), e);
        }
    }
}
