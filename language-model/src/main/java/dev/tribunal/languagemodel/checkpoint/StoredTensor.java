package dev.tribunal.languagemodel.checkpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A tensor as a safetensors header tells it.
 *
 * @param type as the header writes it
 * @param begin of its bytes within the file
 */
record StoredTensor(String name, String type, long[] shape, long begin, long bytes) {

    /** How numbers are stored, and how they become fp32. */
    enum Encoding {
        F32(4) {
            @Override
            float next(ByteBuffer from) {
                return from.getFloat();
            }
        },
        F16(2) {
            @Override
            float next(ByteBuffer from) {
                return Float.float16ToFloat(from.getShort());
            }
        },
        BF16(2) {
            @Override
            float next(ByteBuffer from) {
                return Float.intBitsToFloat(from.getShort() << 16);
            }
        };

        final int bytes;

        Encoding(int bytes) {
            this.bytes = bytes;
        }

        abstract float next(ByteBuffer from);
    }

    /** Empty for a type that weights are not read from. */
    Optional<Encoding> encoding() {
        return Arrays.stream(Encoding.values())
                .filter(e -> e.name().equals(type))
                .findFirst();
    }

    long size() {
        return WeightLayout.size(shape);
    }
}
