package dev.tribunal.judge.rules.code.sandboxed;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A process's end of the wire: four bytes of length (of what follows), one byte of kind, and its bytes. */
final class Frames {

    static final int WIRE = 1;
    static final int EVENT = 2;
    static final int MAIN = 3;
    static final int MOST_BYTES = 32 << 20;

    private final DataInputStream in;
    private final DataOutputStream out;

    /** @param kind {@link #WIRE}, {@link #EVENT} or {@link #MAIN} */
    record Frame(int kind, byte[] bytes) {}

    Frames(InputStream in, OutputStream out) {
        this.in = new DataInputStream(new BufferedInputStream(in, 1 << 16));
        this.out = new DataOutputStream(new BufferedOutputStream(out, 1 << 16));
    }

    Frame read() throws Ended {
        try {
            int length = in.readInt();
            if (length < 1 || length > MOST_BYTES + 1) {
                throw new Ended("a frame of " + length + " bytes");
            }
            int kind = in.readUnsignedByte();
            byte[] bytes = in.readNBytes(length - 1);
            if (bytes.length != length - 1) {
                throw new EOFException();
            }
            return new Frame(kind, bytes);
        } catch (IOException e) {
            throw new Ended("it has ended");
        }
    }

    void write(int kind, byte[] bytes) throws Ended {
        try {
            out.writeInt(bytes.length + 1);
            out.writeByte(kind);
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new Ended("it has ended");
        }
    }

    void say(String text) {
        write(EVENT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The next event: texts, each with its length before it. */
    List<String> texts() {
        Frame frame = read();
        if (frame.kind() != EVENT) {
            throw new Ended("not an event");
        }
        List<String> texts = new ArrayList<>();
        DataInputStream bytes = new DataInputStream(new ByteArrayInputStream(frame.bytes()));
        try {
            while (bytes.available() > 0) {
                texts.add(new String(bytes.readNBytes(bytes.readInt()), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new Ended("not texts");
        }
        return texts;
    }
}
