package dev.tribunal.judge.fanout;

import java.nio.ByteBuffer;

/** 256 bits that a verdict is kept under. */
record VerdictKey(long first, long second, long third, long fourth) {

    /** @param hash 32 bytes */
    static VerdictKey of(byte[] hash) {
        ByteBuffer bits = ByteBuffer.wrap(hash);
        return new VerdictKey(bits.getLong(), bits.getLong(), bits.getLong(), bits.getLong());
    }

    byte[] bytes() {
        return ByteBuffer.allocate(32)
                .putLong(first)
                .putLong(second)
                .putLong(third)
                .putLong(fourth)
                .array();
    }
}
