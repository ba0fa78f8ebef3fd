package dev.tribunal.judge.rules.code.sandboxed;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;

/**
 * Both processes in one, with a program of ours, so that an ahead-of-time cache can be made of what they use. It takes
 * what the tests' process gets as a frame on standard input.
 */
public final class Rehearsal {

    private static final int BUFFER = 1 << 20;

    private Rehearsal() {}

    /** All that runs in the sandbox. */
    public static List<Class<?>> classes() {
        return List.of(
                CompletionRunner.class,
                Compiler.class,
                Ended.class,
                Frames.class,
                Loader.class,
                Peer.class,
                Rehearsal.class,
                Stubs.class,
                TestsRunner.class,
                Uncarried.class,
                Values.class);
    }

    public static void main(String[] arguments) throws Exception {
        byte[] texts = System.in.readAllBytes();
        PipedOutputStream toTests = new PipedOutputStream();
        PipedOutputStream toCompletion = new PipedOutputStream();
        PipedOutputStream fromTests = new PipedOutputStream();
        PipedOutputStream fromCompletion = new PipedOutputStream();
        Frames tests = new Frames(new PipedInputStream(toTests, BUFFER), fromTests);
        Frames completion = new Frames(new PipedInputStream(toCompletion, BUFFER), fromCompletion);
        PipedInputStream ofTests = new PipedInputStream(fromTests, BUFFER);
        PipedInputStream ofCompletion = new PipedInputStream(fromCompletion, BUFFER);
        start(() -> CompletionRunner.answer(completion));
        start(() -> relay(ofTests, toCompletion));
        start(() -> relay(ofCompletion, toTests));
        frame(toTests, texts);
        frame(toCompletion, new byte[16]); // four empty texts
        String verdict = TestsRunner.verdict(tests);
        if (!verdict.equals("passed")) {
            throw new IllegalStateException(verdict);
        }
        System.exit(0);
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | Ended e) {
                // As at the end.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void frame(PipedOutputStream to, byte[] bytes) throws IOException {
        DataOutputStream out = new DataOutputStream(to);
        out.writeInt(bytes.length + 1);
        out.writeByte(Frames.EVENT);
        out.write(bytes);
        out.flush();
    }

    private static void relay(PipedInputStream from, PipedOutputStream to) throws IOException {
        DataInputStream in = new DataInputStream(from);
        DataOutputStream out = new DataOutputStream(to);
        while (true) {
            int length = in.readInt();
            byte[] bytes = in.readNBytes(length);
            if (bytes[0] == Frames.WIRE) {
                out.writeInt(length);
                out.write(bytes);
                out.flush();
            }
        }
    }
}
