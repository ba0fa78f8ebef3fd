package dev.tribunal.trainer.tinker;

import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.LoraTarget;
import dev.tribunal.trainer.journal.TrainingFailedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
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

    private static final int BLOCK = 512;
    private static final int NAME_LENGTH = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int TYPE_AT = 156;
    private static final int MOST_BYTES = 1 << 30;

    /** @throws TrainingFailedException if it is not an archive with both files */
    static AdapterArchive read(byte[] archive) {
        Map<String, byte[]> files = new HashMap<>();
        try (InputStream tar = new GZIPInputStream(new ByteArrayInputStream(archive))) {
            byte[] header = tar.readNBytes(BLOCK);
            while (header.length == BLOCK && header[0] != 0) {
                String name = text(header, 0, NAME_LENGTH);
                long size = Long.parseLong(text(header, SIZE_AT, SIZE_LENGTH).strip(), 8);
                if (size < 0 || size > MOST_BYTES) {
                    throw new IOException(name + " has " + size + " bytes");
                }
                String file = name.substring(name.lastIndexOf('/') + 1);
                boolean wanted = header[TYPE_AT] == '0' && (file.equals(CONFIGURATION) || file.equals(WEIGHTS));
                if (wanted) {
                    files.put(file, tar.readNBytes((int) size));
                } else {
                    tar.skipNBytes(size);
                }
                tar.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
                header = tar.readNBytes(BLOCK);
            }
        } catch (IOException | NumberFormatException e) {
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

    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.US_ASCII);
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
