package dev.tribunal.judge.rules.code;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One of a trial's two sandboxed processes, and the thread that reads its frames: four bytes of length (of what
 * follows), one byte of kind, and its bytes. Events are for the trial; all else goes to the other party, unread.
 */
final class Party {

    private static final int EVENT = 2;
    private static final int MOST_BYTES = (32 << 20) + 1;
    private static final int MOST_EVENT = 1 << 16;
    private static final int MOST_ERRORS = 1 << 16;
    private static final Duration END = Duration.ofSeconds(5);

    private final Role role;
    private final Process process;
    private final DataOutputStream out;
    private final StringBuffer errors = new StringBuffer();
    private @Nullable Thread reader;
    private @Nullable Thread drain;

    Party(Role role, Process process) {
        this.role = role;
        this.process = process;
        this.out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
    }

    /**
     * Begins to read.
     *
     * @param events gets the party's role with each event, and with null when no frame comes any more
     */
    void start(Party other, BiConsumer<Role, @Nullable String> events) {
        reader = Thread.ofPlatform().daemon().start(() -> {
            relay(other, events);
            events.accept(role, null);
        });
        drain = Thread.ofPlatform().daemon().start(this::readErrors);
    }

    private void relay(Party other, BiConsumer<Role, @Nullable String> events) {
        byte[] buffer = new byte[1 << 16];
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16))) {
            while (true) {
                int length = in.readInt();
                if (length < 1 || length > MOST_BYTES) {
                    return;
                }
                int kind = in.readUnsignedByte();
                if (kind == EVENT) {
                    if (length > MOST_EVENT) {
                        return;
                    }
                    events.accept(role, new String(in.readNBytes(length - 1), StandardCharsets.UTF_8));
                } else {
                    other.pass(length, kind, in, buffer);
                }
            }
        } catch (IOException ended) {
            // As at its end.
        }
    }

    /** A party that has ended takes nothing; what is meant for it still has to be read. */
    private void pass(int length, int kind, DataInputStream in, byte[] buffer) throws IOException {
        int left = length - 1;
        synchronized (out) {
            write(() -> {
                out.writeInt(length);
                out.writeByte(kind);
            });
            while (left > 0) {
                int count = in.read(buffer, 0, Math.min(left, buffer.length));
                if (count < 0) {
                    return;
                }
                write(() -> out.write(buffer, 0, count));
                left -= count;
            }
            write(out::flush);
        }
    }

    private interface Write {
        void run() throws IOException;
    }

    private static void write(Write write) {
        try {
            write.run();
        } catch (IOException gone) {
            // The trial sees that it has ended.
        }
    }

    /** On a thread of its own: a process that does not read must not stop the trial. */
    void send(byte[] texts) {
        Thread.ofPlatform().daemon().start(() -> {
            synchronized (out) {
                write(() -> {
                    out.writeInt(texts.length + 1);
                    out.writeByte(EVENT);
                    out.write(texts);
                    out.flush();
                });
            }
        });
    }

    /** Tells it that nothing more comes. */
    void hangUp() {
        Thread.ofPlatform().daemon().start(() -> {
            synchronized (out) {
                write(out::close);
            }
        });
    }

    Process process() {
        return process;
    }

    /** Waits a moment for the end of one that is about to end; what it wrote to standard error is there then. */
    boolean hasEnded() throws InterruptedException {
        boolean ended = process.waitFor(Duration.ofSeconds(1));
        if (ended && drain != null) {
            drain.join(END);
        }
        return ended;
    }

    /** The line of its standard error that says what went wrong; empty if none does. */
    String firstError() {
        List<String> lines = Trial.decoded(errors.toString())
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        return lines.stream()
                .filter(line -> line.contains("Error") || line.contains("Exception"))
                .findFirst()
                .or(() -> lines.stream().findFirst())
                .orElse("");
    }

    /** Read to its end, the first 64 KB kept: a byte a character, for a character may be cut in two. */
    private void readErrors() {
        byte[] buffer = new byte[8192];
        try (InputStream in = process.getErrorStream()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                int kept = Math.min(count, MOST_ERRORS - errors.length());
                if (kept > 0) {
                    errors.append(new String(buffer, 0, kept, StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException ended) {
            // As at its end.
        }
    }

    void destroy() {
        process.destroyForcibly();
    }

    /** With its first process the kernel ends all others; they hold the pipes until they are gone. */
    void awaitEnd() throws InterruptedException {
        process.waitFor();
        for (Thread thread : new @Nullable Thread[] {reader, drain}) {
            if (thread != null) {
                thread.join(END);
            }
        }
        try {
            process.getOutputStream().close();
        } catch (IOException alreadyClosed) {
            // Nothing is left to be written.
        }
    }
}
