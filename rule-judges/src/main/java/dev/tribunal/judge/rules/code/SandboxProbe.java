package dev.tribunal.judge.rules.code;

import dev.tribunal.judge.rules.code.Outcome.Broken;
import dev.tribunal.judge.rules.code.Outcome.Failed;
import dev.tribunal.judge.rules.code.Outcome.Malformed;
import dev.tribunal.judge.rules.code.Outcome.Passed;
import dev.tribunal.judge.sdk.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tries a sandbox for real before it is relied on: a program that wants out must not get out, and a program that
 * fails must be seen to fail.
 */
final class SandboxProbe {

    private static final Limits LIMITS =
            new Limits(Duration.ofSeconds(20), 512 * Limits.MEGABYTE, 64, 64 * Limits.MEGABYTE);
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    /** What the probe's programs say when they are out. */
    private static final String ESCAPED = "escaped: ";

    private static final String ESCAPES_IN_PYTHON = """
            import os, socket

            escapes = []

            def attempt(what, action):
                try:
                    action()
                except OSError:
                    return
                escapes.append(what)

            def route():  # connecting sends nothing
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 9))

            def processes():
                import time
                for i in range(%2$d):
                    if os.fork() == 0:
                        time.sleep(60)
                        os._exit(0)

            attempt("connects to the service's machine", lambda: socket.create_connection(("127.0.0.1", %1$d), 1))
            attempt("has a way to the network", route)
            attempt("reads a file of the service", lambda: open("%3$s"))
            attempt("lists other processes", lambda: os.listdir("/proc"))
            for place in ("/", "/usr/lib/", "/dev/", "/runner/"):
                attempt("writes to " + place, lambda: open(place + "escaped", "w"))
            if not escapes:  # they would stay
                attempt("starts any number of processes", processes)
            if set(os.environ) - {"HOME", "LANG", "LC_CTYPE", "PWD", "PYTHONHASHSEED"}:
                escapes.append("knows the environment: " + " ".join(os.environ))
            if os.getuid() == 0 or os.path.exists("/etc/passwd"):
                escapes.append("sees the machine's users")
            open("/tmp/scratch", "w").write("allowed")
            """;

    private static final String ESCAPES_IN_JAVA = """
            import java.io.*;
            import java.net.*;
            import java.nio.file.*;
            import java.util.*;

            class Probe {
                static final List<String> ESCAPES = new ArrayList<>();

                interface Action {
                    void run() throws IOException;
                }

                static void attempt(String what, Action action) {
                    try {
                        action.run();
                    } catch (IOException e) {
                        return;
                    }
                    ESCAPES.add(what);
                }

                static List<String> escapes() throws IOException {
                    attempt("connects to the service's machine", () -> new Socket("127.0.0.1", %1$d));
                    attempt("reads a file of the service", () -> Files.readString(Path.of("%3$s")));
                    attempt("lists other processes", () -> Files.list(Path.of("/proc")));
                    for (String place : List.of("/", "/usr/lib/", "/dev/", "/runner/")) {
                        attempt("writes to " + place, () -> Files.writeString(Path.of(place + "escaped"), "x"));
                    }
                    attempt("starts any number of processes", () -> {
                        try {
                            for (int i = 0; i < %2$d; i++) {
                                Thread thread = new Thread(() -> {
                                    try {
                                        Thread.sleep(60_000);
                                    } catch (InterruptedException e) {
                                        return;
                                    }
                                });
                                thread.setDaemon(true);
                                thread.start();
                            }
                        } catch (OutOfMemoryError e) {
                            throw new IOException(e);
                        }
                    });
                    Set<String> names = new TreeSet<>(System.getenv().keySet());
                    names.removeAll(Set.of("HOME", "LANG", "LC_CTYPE", "PWD", "LD_LIBRARY_PATH"));
                    if (!names.isEmpty()) {
                        ESCAPES.add("knows the environment: " + names);
                    }
                    Files.writeString(Path.of("/tmp/scratch"), "allowed");
                    return ESCAPES;
                }
            }
            """;

    private static final String NO_ESCAPE_IN_JAVA = """
            public class Main {
                public static void main(String[] args) throws Exception {
                    List<String> escapes = Probe.escapes();
                    if (!escapes.isEmpty()) {
                        throw new IllegalStateException("%s" + escapes);
                    }
                }
            }
            """;

    private final Sandbox sandbox;
    private final Interpreter interpreter;

    private SandboxProbe(Sandbox sandbox, Interpreter interpreter) {
        this.sandbox = sandbox;
        this.interpreter = interpreter;
    }

    /**
     * @return why the interpreter's programs do not run in the sandbox; null if they do
     * @throws SandboxException if it does not hold: it is for no program then
     */
    static @Nullable String objection(Sandbox sandbox, Interpreter interpreter) throws SandboxException {
        try {
            return new SandboxProbe(sandbox, interpreter).objection();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted");
        }
    }

    private @Nullable String objection() throws SandboxException, InterruptedException {
        String objection = switch (tryToEscape()) {
            case Passed passed -> null;
            case Failed failed
            when failed.reason().contains(ESCAPED) ->
                throw new SandboxException("a program that wants out of the sandbox gets out: " + failed.reason());
            case Failed failed -> "a program that does nothing wrong fails: " + failed.reason();
            case Malformed malformed -> "the probe itself does not run: " + malformed.reason();
            case Broken broken ->
                "it does not start in bubblewrap: " + broken.detail()
                        + ". That needs unprivileged user namespaces; what a container must allow for them is"
                        + " in docs/judges.md, section 'code'";
        };
        if (objection == null && !(run(failing()) instanceof Failed)) {
            throw new SandboxException("a program whose test fails does not fail");
        }
        return objection;
    }

    private Outcome tryToEscape() throws SandboxException, InterruptedException {
        Path secret = sandbox.runners().resolveSibling("secret");
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(secret, "secret");
            int port = server.getLocalPort();
            int processes = LIMITS.processes() + 10;
            return run(
                    switch (interpreter.language()) {
                        case PYTHON ->
                            new Program(
                                    "",
                                    ESCAPES_IN_PYTHON.formatted(port, processes, secret),
                                    "assert not escapes, '" + ESCAPED + "' + str(escapes)");
                        case JAVA ->
                            new Program(
                                    "",
                                    ESCAPES_IN_JAVA.formatted(port, processes, secret),
                                    NO_ESCAPE_IN_JAVA.formatted(ESCAPED));
                    });
        } catch (IOException e) {
            throw new SandboxException("the probe cannot listen on the loopback address: " + e.getMessage());
        }
    }

    private Program failing() {
        return switch (interpreter.language()) {
            case PYTHON -> new Program("", "def one(): return 2", "assert one() == 1");
            case JAVA ->
                new Program(
                        Program.EXAMPLE_IN_JAVA.prelude(),
                        Program.EXAMPLE_IN_JAVA.code().replace("2 * value", "3 * value"),
                        Program.EXAMPLE_IN_JAVA.tests());
        };
    }

    /** On a thread that outlives the process: the kernel wants it so. */
    private Outcome run(Program program) throws InterruptedException {
        return Trial.run(
                sandbox, new Trial.Interpreters(interpreter, interpreter), LIMITS, program, Deadline.after(DEADLINE));
    }
}
