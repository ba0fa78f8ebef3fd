package dev.tribunal.judge.rules.code.sandboxed;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The completion's process: has its classes and answers for their objects, or runs the whole program once for each
 * input. It speaks like {@code completion.py}, and no verdict depends on what it says of itself.
 */
public final class CompletionRunner {

    private static final int MOST_PRINTED = 16 << 20;

    private CompletionRunner() {}

    /** In the place of {@code System.exit}, where a program is run more than once. */
    public static final class Exit extends Error {

        private static final long serialVersionUID = 1;

        private final int status;

        private Exit(int status) {
            super("exits with " + status);
            this.status = status;
        }

        public static void exit(int status) {
            throw new Exit(status);
        }
    }

    public static void main(String[] arguments) {
        Frames frames = new Frames(System.in, System.out);
        System.setIn(InputStream.nullInputStream());
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        try {
            answer(frames);
        } catch (Ended e) {
            Runtime.getRuntime().halt(0);
        }
    }

    static void answer(Frames frames) {
        frames.say("ready");
        List<String> texts = frames.texts();
        if (texts.get(3).equals("main")) {
            runProgram(frames, texts.get(0), texts.get(1));
        } else {
            answerForClasses(frames);
        }
    }

    private static void answerForClasses(Frames frames) {
        Map<String, byte[]> classes = new HashMap<>();
        Set<String> named = new HashSet<>();
        frames.write(Frames.WIRE, new byte[0]);
        try (DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(frames.read().bytes()))) {
            for (int left = in.readInt(); left > 0; left--) {
                named.add(in.readUTF());
            }
            for (int left = in.readInt(); left > 0; left--) {
                String name = in.readUTF();
                classes.put(name, in.readNBytes(in.readInt()));
            }
        } catch (IOException e) {
            throw new Ended("not class files");
        }
        Loader loader = new Loader(classes, false);
        loader.setDefaultAssertionStatus(true);
        frames.say("running");
        new Peer(frames, false, loader, named).serve();
    }

    private static void runProgram(Frames frames, String prelude, String code) {
        Map<String, byte[]> classes = new HashMap<>();
        @Nullable String main = null;
        String mistake = "has no class with a static main method";
        try {
            Compiler compiler = new Compiler();
            Map<String, byte[]> compiled = compiler.completion(prelude, code);
            compiled.forEach((name, bytes) -> classes.put(name, Stubs.withoutExit(bytes, compiled)));
            main = compiler.mainOf(compiled);
        } catch (Compiler.Mistake e) {
            mistake = String.valueOf(e.getMessage());
        }
        frames.say("running");
        frames.write(Frames.WIRE, new byte[0]); // inputs may come
        while (true) {
            Frames.Frame frame = frames.read();
            if (frame.kind() != Frames.MAIN) {
                throw new Ended("not an input");
            }
            frames.write(Frames.MAIN, main == null ? failed(mistake) : run(classes, main, frame.bytes()));
        }
    }

    private static byte[] run(Map<String, byte[]> classes, String main, byte[] given) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                if (size() + length > MOST_PRINTED) {
                    throw new IllegalStateException("prints more than " + (MOST_PRINTED >> 20) + " MB");
                }
                super.write(bytes, from, length);
            }
        };
        printed.write(0);
        PrintStream out = new PrintStream(printed, false, StandardCharsets.UTF_8);
        System.setIn(new ByteArrayInputStream(given));
        System.setOut(out);
        try {
            TestsRunner.invoke(TestsRunner.main(new Loader(classes, false).loadClass(main)));
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof Exit exit) || exit.status != 0) {
                return failed(TestsRunner.reason(Objects.requireNonNull(e.getCause()), ""));
            }
        } catch (ReflectiveOperationException | LinkageError e) {
            return failed(TestsRunner.reason(e, ""));
        }
        out.flush();
        return printed.toByteArray();
    }

    private static byte[] failed(String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[text.length + 1];
        bytes[0] = 1;
        System.arraycopy(text, 0, bytes, 1, text.length);
        return bytes;
    }
}
