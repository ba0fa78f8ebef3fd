package dev.tribunal.judge.rules.code.sandboxed;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The tests' process: compiles the completion and the tests, sends the completion's classes to its process, runs the
 * tests against stubs of them, and gives the verdict. It speaks like {@code tests.py}.
 */
public final class TestsRunner {

    private static final int MAX_REASON = 500;
    private static final long STACK = 256 << 20;

    private TestsRunner() {}

    public static void main(String[] arguments) throws InterruptedException {
        Frames frames = new Frames(System.in, System.out);
        System.setIn(InputStream.nullInputStream());
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        Thread thread = new Thread(null, () -> frames.say(verdict(frames)), "main", STACK);
        thread.start();
        thread.join();
        Runtime.getRuntime().halt(0);
    }

    /** Reads a program, judges it, and says how that went. */
    static String verdict(Frames frames) {
        frames.say("ready");
        List<String> texts = frames.texts();
        String tests = texts.get(0);
        String prelude = texts.get(1);
        String code = texts.get(5);
        try {
            Compiler compiler = new Compiler();
            String mainClass = compiler.mainClass(tests);
            Map<String, byte[]> completion = compiler.completion(prelude, code);
            Map<String, byte[]> compiled = compiler.tests(prelude, tests, completion);
            return run(frames, tests, completion, compiled, mainClass);
        } catch (Compiler.Malformed e) {
            return "malformed " + oneLine(String.valueOf(e.getMessage()));
        } catch (Compiler.Mistake e) {
            return "failed " + oneLine(String.valueOf(e.getMessage()));
        } catch (Ended e) {
            return "ended " + e.getMessage();
        } catch (Throwable e) {
            return "failed " + reason(e, tests);
        }
    }

    private static String run(
            Frames frames, String tests, Map<String, byte[]> completion, Map<String, byte[]> compiled, String mainClass)
            throws Throwable {
        Stubs stubs = new Stubs(completion);
        Map<String, byte[]> classes = new HashMap<>(stubs.classes());
        classes.putAll(stubs.withoutFields(compiled));
        Loader loader = new Loader(classes, true);
        loader.setDefaultAssertionStatus(true);
        frames.say("go ");
        frames.read(); // the completion's process waits for its classes
        frames.write(Frames.WIRE, bytes(stubs.named(), completion));
        Peer peer = new Peer(frames, true, loader, stubs.named());
        Peer.useForStubs(peer);
        String failure = null;
        try {
            invoke(main(loader.loadClass(mainClass)));
        } catch (InvocationTargetException e) {
            failure = e.getCause() instanceof Ended ended
                    ? "ended " + ended.getMessage()
                    : "failed " + reason(Objects.requireNonNull(e.getCause()), tests);
        }
        if (peer.problem() != null) {
            return "uncarried " + oneLine(peer.problem());
        }
        if (peer.fault() != null) {
            return "ended " + oneLine(peer.fault());
        }
        return failure == null ? "passed" : failure;
    }

    private static byte[] bytes(Set<String> named, Map<String, byte[]> classes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(named.size());
        for (String name : named) {
            out.writeUTF(name);
        }
        out.writeInt(classes.size());
        for (Map.Entry<String, byte[]> one : classes.entrySet()) {
            out.writeUTF(one.getKey());
            out.writeInt(one.getValue().length);
            out.write(one.getValue());
        }
        return bytes.toByteArray();
    }

    static Method main(Class<?> type) throws NoSuchMethodException {
        try {
            return type.getDeclaredMethod("main", String[].class);
        } catch (NoSuchMethodException e) {
            return type.getDeclaredMethod("main");
        }
    }

    static void invoke(Method main) throws ReflectiveOperationException {
        main.setAccessible(true);
        if (main.getParameterCount() == 0) {
            main.invoke(null);
        } else {
            main.invoke(null, (Object) new String[0]);
        }
    }

    static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() > MAX_REASON ? line.substring(0, MAX_REASON) : line;
    }

    static String reason(Throwable error, String tests) {
        String where = "";
        for (StackTraceElement element : error.getStackTrace()) {
            if ((Compiler.TESTS + ".java").equals(element.getFileName())) {
                where = " (in the tests: "
                        + tests.lines()
                                .skip(Math.max(0, element.getLineNumber() - 2))
                                .findFirst()
                                .orElse("")
                                .strip()
                        + ")";
                break;
            }
        }
        String text;
        try {
            text = error.toString();
        } catch (Throwable e) {
            text = error.getClass().getName();
        }
        return oneLine(text + where);
    }
}
