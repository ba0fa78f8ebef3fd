package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/** Writes a directory that {@code transformers} loads; it is complete or absent. */
public final class CheckpointWriter {

    private CheckpointWriter() {}

    /** @throws CheckpointException if the directory exists already or cannot be written */
    public static void write(
            Path directory,
            Companions companions,
            Head head,
            WeightLayout layout,
            WeightType type,
            FloatSource source) {
        writeDirectory(directory, partial -> {
            for (Map.Entry<String, byte[]> file :
                    companions.saving(head, name(type)).files().entrySet()) {
                Path written = partial.resolve(file.getKey());
                Files.createDirectories(written.getParent());
                Files.write(written, file.getValue());
            }
            SafetensorsWriter.write(
                    partial.resolve("model.safetensors"), layout.tensors(), Map.of("format", "pt"), type, source);
        });
    }

    /**
     * A directory of files, complete or absent.
     *
     * @throws CheckpointException if the directory exists already or cannot be written
     */
    public static void writeDirectory(Path directory, Content content) {
        Path target = directory.toAbsolutePath().normalize();
        if (Files.exists(target)) {
            throw new CheckpointException(target, target + " exists already; give a new directory");
        }
        try {
            Files.createDirectories(target.getParent());
            Path partial = Files.createTempDirectory(target.getParent(), "." + target.getFileName() + "-");
            try {
                content.write(partial);
                Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                deleteIfThere(partial);
            }
        } catch (IOException unwritable) {
            throw new CheckpointException(target, target + " cannot be written: " + unwritable, unwritable);
        }
    }

    /** What goes into a directory. */
    @FunctionalInterface
    public interface Content {

        void write(Path directory) throws IOException;
    }

    /** A single file of tensors, complete or as it was before. */
    public static void writeTensors(
            Path file, List<WeightLayout.Tensor> tensors, Map<String, String> metadata, FloatSource source) {
        Path target = file.toAbsolutePath().normalize();
        Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
        try {
            Files.createDirectories(target.getParent());
            Files.deleteIfExists(partial);
            SafetensorsWriter.write(partial, tensors, metadata, WeightType.F32, source);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException unwritable) {
            throw new CheckpointException(target, target + " cannot be written: " + unwritable, unwritable);
        }
    }

    private static String name(WeightType type) {
        return switch (type) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
        };
    }

    private static void deleteIfThere(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (Files.isDirectory(file)) {
                    deleteIfThere(file);
                } else {
                    Files.delete(file);
                }
            }
        }
        Files.delete(directory);
    }
}
