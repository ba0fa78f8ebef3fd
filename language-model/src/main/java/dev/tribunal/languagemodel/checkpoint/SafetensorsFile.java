package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.checkpoint.StoredTensor.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A safetensors file: eight bytes that say how long the header is, the header (JSON: name, type, shape and place of
 * each tensor), the tensors' bytes, little endian.
 */
public final class SafetensorsFile {

    static final int FLOATS_AT_ONCE = 1 << 20;
    private static final long LONGEST_HEADER = 8L << 20; // some 60,000 tensors
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path path;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private SafetensorsFile(Path path) {
        this.path = path;
    }

    /** Reads the header, and checks it against itself and the file's size. */
    public static SafetensorsFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path, path + (Files.exists(path) ? " is not a file" : " does not exist"));
        }
        try (FileChannel channel = FileChannel.open(path)) {
            SafetensorsFile file = new SafetensorsFile(path);
            file.readHeader(channel);
            return file;
        } catch (IOException unreadable) {
            throw new CheckpointException(path, path + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    Path path() {
        return path;
    }

    Map<String, StoredTensor> tensors() {
        return tensors;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    private void readHeader(FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw broken("it has " + size + " bytes");
        }
        long length = read(channel, 0, 8).getLong();
        if (length < 2 || length > LONGEST_HEADER) {
            throw broken("its header would be " + length + " bytes long");
        }
        if (8 + length > size) {
            throw broken("its header is " + length + " bytes long, but the file has " + size);
        }
        try {
            JsonNode header = JSON.readTree(read(channel, 8, (int) length).array());
            if (!header.isObject()) {
                throw broken("its header is no JSON object");
            }
            header.properties().forEach(entry -> readEntry(entry.getKey(), entry.getValue(), 8 + length));
        } catch (JacksonException notJson) {
            throw broken("its header is not JSON: " + notJson.getOriginalMessage());
        }
        long end = requireApart(8 + length);
        if (end != size) {
            String how = end > size ? "it is truncated: " : "";
            throw broken(how + "its tensors end at byte " + end + ", but the file has " + size + " bytes");
        }
    }

    /**
     * That each tensor begins where one before it ends, so that they hold no more than the file.
     *
     * @return where the last one ends
     */
    private long requireApart(long start) {
        long end = start;
        for (StoredTensor tensor : tensors.values().stream()
                .sorted(Comparator.comparingLong(StoredTensor::begin).thenComparingLong(StoredTensor::bytes))
                .toList()) {
            if (tensor.begin() != end) {
                throw broken("the bytes of " + tensor.name()
                        + (tensor.begin() < end ? " are another tensor's as well" : " do not follow another tensor's"));
            }
            end += tensor.bytes();
        }
        return end;
    }

    private void readEntry(String name, JsonNode value, long dataStart) {
        if (name.equals("__metadata__")) {
            value.properties()
                    .forEach(entry ->
                            metadata.put(entry.getKey(), entry.getValue().asString()));
            return;
        }
        JsonNode shape = value.path("shape");
        JsonNode offsets = value.path("data_offsets");
        if (!value.path("dtype").isString() || !shape.isArray() || offsets.size() != 2) {
            throw broken("its header does not give dtype, shape and data_offsets of " + name);
        }
        long[] lengths = new long[shape.size()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = shape.get(i).asLong(-1);
        }
        long begin = offsets.get(0).asLong(-1);
        long end = offsets.get(1).asLong(-1);
        StoredTensor tensor =
                new StoredTensor(name, value.path("dtype").stringValue(), lengths, dataStart + begin, end - begin);
        if (begin < 0 || end < begin || !sizesAgree(tensor)) {
            throw broken("the bytes " + begin + " to " + end + " of " + name + " do not fit its shape and type");
        }
        tensors.put(name, tensor);
    }

    private static boolean sizesAgree(StoredTensor tensor) {
        try {
            boolean negative = Arrays.stream(tensor.shape()).anyMatch(length -> length < 0);
            return !negative
                    && tensor.encoding()
                            .map(encoding -> tensor.bytes() % encoding.bytes == 0
                                    && tensor.bytes() / encoding.bytes == tensor.size())
                            .orElse(true);
        } catch (ArithmeticException sizeOverflows) {
            return false;
        }
    }

    /** How the file's tensors differ from those that it should have, a sentence each; empty if they do not. */
    public List<String> differences(List<WeightLayout.Tensor> expected) {
        Set<String> unexpected = new TreeSet<>(tensors.keySet());
        List<String> differences = new ArrayList<>();
        for (WeightLayout.Tensor tensor : expected) {
            unexpected.remove(tensor.name());
            StoredTensor stored = tensors.get(tensor.name());
            if (stored == null) {
                differences.add(tensor.name() + " is missing");
            } else if (!Arrays.equals(stored.shape(), tensor.shape())) {
                differences.add(tensor.name() + " has shape " + Arrays.toString(stored.shape()) + ", but must have "
                        + Arrays.toString(tensor.shape()));
            } else if (stored.encoding().isEmpty()) {
                differences.add(tensor.name() + " is " + stored.type() + "; only F32, F16 and BF16 are read");
            }
        }
        unexpected.forEach(name -> differences.add(name + " should not be there"));
        return differences;
    }

    /** A tensor's values as fp32. */
    void read(String name, FloatSink sink) {
        long size = readable(name).size();
        for (long at = 0; at < size; at += FLOATS_AT_ONCE) {
            sink.accept(at, read(name, at, (int) Math.min(FLOATS_AT_ONCE, size - at)));
        }
    }

    /** Some of a tensor's values as fp32. */
    public float[] read(String name, long offset, int count) {
        StoredTensor tensor = readable(name);
        Encoding encoding = tensor.encoding().orElseThrow();
        float[] values = new float[count];
        try (FileChannel channel = FileChannel.open(path)) {
            ByteBuffer bytes = read(channel, tensor.begin() + offset * encoding.bytes, count * encoding.bytes);
            for (int i = 0; i < count; i++) {
                values[i] = encoding.next(bytes);
            }
            return values;
        } catch (IOException unreadable) {
            throw new CheckpointException(path, path + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private StoredTensor readable(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException(path, path + " has no tensor " + name);
        }
        if (tensor.encoding().isEmpty()) {
            throw new CheckpointException(
                    path, path + ": " + name + " is " + tensor.type() + "; only F32, F16 and BF16 are read");
        }
        return tensor;
    }

    private ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            int count = channel.read(bytes, position + bytes.position());
            if (count < 0) {
                throw broken("it ends at byte " + (position + bytes.position()));
            }
        }
        return bytes.flip();
    }

    private CheckpointException broken(String how) {
        return new CheckpointException(path, path + " is not a whole safetensors file: " + how + "; fetch it again");
    }
}
