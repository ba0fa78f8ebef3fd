package dev.tribunal.trainer.tinker;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The protobuf messages that a Tinker server takes and gives, as far as text is trained on. Field numbers are those of
 * {@code tinker_public.proto} in the {@code tinker} package 0.25.0. Tensors are little-endian.
 */
final class Messages {

    static final String CONTENT_TYPE = "application/x-protobuf";

    private static final int FLOAT32 = 1;
    private static final int INT64 = 2;
    private static final int BF16 = 4;

    /** Beside the tensors themselves: lengths, tags and names. */
    private static final int BYTES_OF_DATUM = 256;

    private Messages() {}

    /**
     * A sequence, shifted by one: {@code tokens} are all but the last, {@code targets} all but the first.
     *
     * @param inputs of the loss, by name, each {@code [targets.length]}
     */
    record Datum(int[] tokens, int[] targets, SortedMap<String, float[]> inputs) {

        /** About as many as it takes on the wire. */
        int bytes() {
            return BYTES_OF_DATUM
                    + Integer.BYTES * tokens.length
                    + Long.BYTES * targets.length
                    + inputs.size() * Float.BYTES * targets.length;
        }
    }

    /** @param logProbs of the targets, one a datum */
    record Outputs(List<float[]> logProbs, Map<String, Double> metrics) {}

    /** @param stopped whether it ended before it was as long as it may be */
    record Sampled(boolean stopped, int[] tokens, float[] logProbs) {}

    /** Writes fields. */
    @FunctionalInterface
    private interface Fields {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }

    /** {@code ForwardBackwardRequest} */
    static byte[] forwardBackward(String model, int sequence, List<Datum> data, String loss, boolean forwardOnly) {
        return message(out -> {
            out.writeString(1, model);
            out.writeInt32(2, sequence);
            for (Datum datum : data) {
                out.writeByteArray(3, datum(datum));
            }
            out.writeString(4, loss);
            if (forwardOnly) {
                out.writeBool(6, true);
            }
        });
    }

    private static byte[] datum(Datum datum) {
        byte[] text = message(out -> out.writeByteArray(1, int32(datum.tokens())));
        byte[] chunk = message(out -> out.writeByteArray(1, text));
        return message(out -> {
            out.writeByteArray(1, chunk);
            out.writeByteArray(
                    2, entry("target_tokens", tensor(int64(datum.targets()), INT64, datum.targets().length)));
            for (Map.Entry<String, float[]> input : datum.inputs().entrySet()) {
                float[] values = input.getValue();
                out.writeByteArray(2, entry(input.getKey(), tensor(float32(values), FLOAT32, values.length)));
            }
        });
    }

    private static byte[] entry(String key, byte[] value) {
        return message(out -> {
            out.writeString(1, key);
            out.writeByteArray(2, value);
        });
    }

    private static byte[] tensor(byte[] dense, int type, int length) {
        byte[] shape = message(out -> out.writeInt64NoTag(length));
        return message(out -> {
            out.writeByteArray(1, dense);
            out.writeEnum(3, type);
            out.writeByteArray(4, shape);
        });
    }

    private static byte[] int32(int[] values) {
        byte[] bytes = new byte[Integer.BYTES * values.length];
        littleEndian(bytes).asIntBuffer().put(values);
        return bytes;
    }

    private static byte[] int64(int[] values) {
        byte[] bytes = new byte[Long.BYTES * values.length];
        ByteBuffer buffer = littleEndian(bytes);
        for (int value : values) {
            buffer.putLong(value);
        }
        return bytes;
    }

    private static byte[] float32(float[] values) {
        byte[] bytes = new byte[Float.BYTES * values.length];
        littleEndian(bytes).asFloatBuffer().put(values);
        return bytes;
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads one field, of which the tag is read. */
    @FunctionalInterface
    private interface Reader {
        /** @return whether it knows the field; one that it does not know is passed over */
        boolean read(int field, CodedInputStream in) throws IOException;
    }

    /** @throws IOException if it is not a message */
    private static void read(byte[] message, Reader reader) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!reader.read(WireFormat.getTagFieldNumber(tag), in)) {
                in.skipField(tag);
            }
        }
    }

    /**
     * {@code ForwardBackwardOutput}
     *
     * @throws IOException if it is not one
     */
    static Outputs outputs(byte[] message) throws IOException {
        List<float[]> logProbs = new ArrayList<>();
        Map<String, Double> metrics = new HashMap<>();
        read(message, (field, in) -> {
            switch (field) {
                case 2 -> logProbs.addAll(logProbsOfRecord(in.readByteArray()));
                case 3 -> readMetric(in.readByteArray(), metrics);
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new Outputs(logProbs, metrics);
    }

    private static void readMetric(byte[] entry, Map<String, Double> metrics) throws IOException {
        String[] name = {""};
        double[] value = new double[1];
        read(entry, (field, in) -> {
            switch (field) {
                case 1 -> name[0] = in.readString();
                case 2 -> value[0] = in.readDouble();
                default -> {
                    return false;
                }
            }
            return true;
        });
        metrics.put(name[0], value[0]);
    }

    /** {@code ArrayRecord}: its field {@code logprobs}. */
    private static List<float[]> logProbsOfRecord(byte[] message) throws IOException {
        List<float[]> logProbs = new ArrayList<>();
        read(message, (field, in) -> {
            if (field != 2) {
                return false;
            }
            String[] name = {""};
            byte[][] tensor = {new byte[0]};
            read(in.readByteArray(), (part, entry) -> {
                switch (part) {
                    case 1 -> name[0] = entry.readString();
                    case 2 -> tensor[0] = entry.readByteArray();
                    default -> {
                        return false;
                    }
                }
                return true;
            });
            if (name[0].equals("logprobs")) {
                logProbs.addAll(batched(tensor[0]));
            }
            return true;
        });
        return logProbs;
    }

    /** {@code BatchedTensor}: what is of each datum. */
    private static List<float[]> batched(byte[] message) throws IOException {
        byte[][] parts = {new byte[0], new byte[0]};
        int[] type = new int[1];
        read(message, (field, in) -> {
            switch (field) {
                case 1 -> parts[0] = in.readByteArray();
                case 2 -> parts[1] = in.readByteArray();
                case 3 -> type[0] = in.readEnum();
                default -> {
                    return false;
                }
            }
            return true;
        });
        ByteBuffer offsets = littleEndian(parts[1]);
        List<float[]> all = new ArrayList<>();
        for (int i = 0; i + 1 < parts[1].length / Long.BYTES; i++) {
            long from = offsets.getLong(Long.BYTES * i);
            long to = offsets.getLong(Long.BYTES * (i + 1));
            if (from < 0 || to < from || to > parts[0].length) {
                throw new IOException(
                        "a tensor's offsets are " + from + " and " + to + " in " + parts[0].length + " bytes");
            }
            all.add(floats(ByteBuffer.wrap(parts[0], (int) from, (int) (to - from)), type[0]));
        }
        return all;
    }

    private static float[] floats(ByteBuffer bytes, int type) throws IOException {
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        return switch (type) {
            case FLOAT32 -> {
                float[] values = new float[bytes.remaining() / Float.BYTES];
                bytes.asFloatBuffer().get(values);
                yield values;
            }
            case BF16 -> {
                float[] values = new float[bytes.remaining() / Short.BYTES];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
                }
                yield values;
            }
            default -> throw new IOException("log-probabilities are of type " + type + ", not float32 or bfloat16");
        };
    }

    /**
     * {@code SampleResponse}
     *
     * @throws IOException if it is not one
     */
    static List<Sampled> sampled(byte[] message) throws IOException {
        List<Sampled> all = new ArrayList<>();
        read(message, (field, in) -> {
            if (field != 1) {
                return false;
            }
            int[] reason = new int[1];
            byte[][] parts = {new byte[0], new byte[0]};
            read(in.readByteArray(), (part, sequence) -> {
                switch (part) {
                    case 1 -> reason[0] = sequence.readEnum();
                    case 2 -> parts[0] = sequence.readByteArray();
                    case 3 -> parts[1] = sequence.readByteArray();
                    default -> {
                        return false;
                    }
                }
                return true;
            });
            int[] tokens = new int[parts[0].length / Integer.BYTES];
            littleEndian(parts[0]).asIntBuffer().get(tokens);
            all.add(new Sampled(reason[0] == 0, tokens, floats(ByteBuffer.wrap(parts[1]), FLOAT32)));
            return true;
        });
        return all;
    }
}
