package dev.tribunal.local.export;

import dev.tribunal.local.export.RunTable.Value;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * A TensorBoard event file: records of TFRecord's form (length, masked CRC-32C, bytes, masked CRC-32C) that are
 * {@code tensorflow.Event} messages of Protocol Buffers. A tag is {@code TASK/METRIC}, so that TensorBoard shows a section a
 * task.
 */
public final class TensorBoardExport {

    private static final int MASK = 0xa282ead8;
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    private TensorBoardExport() {}

    /**
     * @param folder gets a folder with the run's name and id, which is a run of TensorBoard
     * @return the file
     */
    public static Path write(RunTable table, Path folder) throws IOException {
        Map<Integer, Instant> times = table.times();
        Instant start =
                Objects.requireNonNullElse(table.run().startedAt(), table.run().createdAt());
        Path file = folder.resolve(name(table)).resolve("events.out.tfevents." + start.getEpochSecond() + ".tribunal");
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            Message version = new Message();
            version.fixed64(1, Double.doubleToLongBits(seconds(start)));
            version.bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
            record(out, version.bytes());
            for (Map.Entry<Integer, List<Value>> step : table.steps().entrySet()) {
                record(out, event(step.getKey(), Objects.requireNonNull(times.get(step.getKey())), step.getValue()));
            }
        }
        return file;
    }

    private static String name(RunTable table) {
        return table.run().name().replaceAll("[^A-Za-z0-9._-]", "_") + "-"
                + table.run().id();
    }

    private static double seconds(Instant time) {
        return time.getEpochSecond() + time.getNano() / 1e9;
    }

    private static byte[] event(int step, Instant time, List<Value> values) throws IOException {
        Message summary = new Message();
        for (Value value : values) {
            Message scalar = new Message();
            scalar.bytes(1, value.path().getBytes(StandardCharsets.UTF_8));
            scalar.fixed32(2, Float.floatToIntBits((float) value.value()));
            summary.bytes(1, scalar.bytes());
        }
        Message event = new Message();
        event.fixed64(1, Double.doubleToLongBits(seconds(time)));
        event.varint(2, step);
        event.bytes(5, summary.bytes());
        return event.bytes();
    }

    private static void record(OutputStream out, byte[] bytes) throws IOException {
        byte[] length = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bytes.length)
                .array();
        out.write(length);
        out.write(checksum(length));
        out.write(bytes);
        out.write(checksum(bytes));
    }

    private static byte[] checksum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(Integer.rotateRight((int) sum.getValue(), 15) + MASK)
                .array();
    }

    /** A message of Protocol Buffers, of which so little is needed here. */
    private static final class Message {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DataOutputStream out = new DataOutputStream(bytes);

        void varint(int field, long value) throws IOException {
            writeVarint((long) field << 3 | VARINT);
            writeVarint(value);
        }

        void fixed64(int field, long bits) throws IOException {
            writeVarint((long) field << 3 | FIXED_64);
            out.writeLong(Long.reverseBytes(bits));
        }

        void fixed32(int field, int bits) throws IOException {
            writeVarint((long) field << 3 | FIXED_32);
            out.writeInt(Integer.reverseBytes(bits));
        }

        void bytes(int field, byte[] value) throws IOException {
            writeVarint((long) field << 3 | BYTES);
            writeVarint(value.length);
            out.write(value);
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }

        private void writeVarint(long value) throws IOException {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.writeByte((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.writeByte((int) rest);
        }
    }
}
