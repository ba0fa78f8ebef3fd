package dev.tribunal.languagemodel.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tribunal.languagemodel.WeightType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes safetensors files; the same values give the same bytes. */
final class SafetensorsWriter {

    private static final JsonMapper JSON = new JsonMapper();

    private SafetensorsWriter() {}

    static void write(
            Path path,
            List<WeightLayout.Tensor> tensors,
            Map<String, String> metadata,
            WeightType type,
            FloatSource source)
            throws IOException {
        byte[] header = header(tensors, metadata, type);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeAll(
                    channel,
                    ByteBuffer.allocate(8)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(header.length)
                            .flip());
            writeAll(channel, ByteBuffer.wrap(header));
            for (WeightLayout.Tensor tensor : tensors) {
                for (long at = 0; at < tensor.size(); at += SafetensorsFile.FLOATS_AT_ONCE) {
                    int count = (int) Math.min(SafetensorsFile.FLOATS_AT_ONCE, tensor.size() - at);
                    writeAll(channel, encode(source.read(tensor, at, count), type));
                }
            }
            channel.force(true);
        }
    }

    private static byte[] header(List<WeightLayout.Tensor> tensors, Map<String, String> metadata, WeightType type) {
        ObjectNode header = JSON.createObjectNode();
        ObjectNode notes = header.putObject("__metadata__");
        metadata.forEach(notes::put);
        long at = 0;
        for (WeightLayout.Tensor tensor : tensors) {
            ObjectNode entry = header.putObject(tensor.name());
            entry.put("dtype", type.name());
            entry.set("shape", JSON.valueToTree(tensor.shape()));
            long end = at + tensor.size() * bytes(type);
            entry.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        byte[] text = JSON.writeValueAsString(header).getBytes(UTF_8);
        int padding = (8 - text.length % 8) % 8; // the tensors start at a multiple of eight
        byte[] padded = new byte[text.length + padding];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(text, 0, padded, 0, text.length);
        return padded;
    }

    private static int bytes(WeightType type) {
        return switch (type) {
            case F32 -> 4;
            case F16, BF16 -> 2;
        };
    }

    private static ByteBuffer encode(float[] values, WeightType type) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * bytes(type)).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case F32 -> bytes.asFloatBuffer().put(values);
            case F16 -> {
                for (int i = 0; i < values.length; i++) {
                    bytes.putShort(2 * i, Float.floatToFloat16(values[i]));
                }
            }
            case BF16 -> {
                for (int i = 0; i < values.length; i++) {
                    bytes.putShort(2 * i, toBf16(values[i]));
                }
            }
        }
        return bytes;
    }

    /** The upper half of the fp32 bits, rounded to nearest, ties to even. */
    static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40); // stays a number that is none
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
