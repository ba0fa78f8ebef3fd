package dev.tribunal.judge.rules.code;

import dev.tribunal.judge.rules.code.sandboxed.CompletionRunner;
import dev.tribunal.judge.rules.code.sandboxed.Rehearsal;
import dev.tribunal.judge.rules.code.sandboxed.TestsRunner;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** A JDK, which compiles and runs programs by {@link TestsRunner} and {@link CompletionRunner}. */
record JavaInterpreter(Path home, String version, List<Path> reads) implements Interpreter {

    private static final int OLDEST = 25; // the runner's class files are of this version
    private static final String JAR = "runner.jar";

    /** Of a cache with the compiler's classes loaded and linked; it is made once, in the background. */
    static final String CACHE = "runner.aot";

    private static final int CACHE_MINUTES = 3;

    /** The JVM's own needs beside the heap. */
    private static final long BESIDE_HEAP = 160 * Limits.MEGABYTE;

    private static final long LEAST_HEAP = 48 * Limits.MEGABYTE;

    /** Reserved, not used: code cache, class space and stacks. The watch over memory counts what is used. */
    private static final long ADDRESS_SPACE = 6L << 30;

    JavaInterpreter {
        reads = List.copyOf(reads);
    }

    /**
     * @param runners the runner is put there
     * @throws SandboxException if it is not a JDK, or too old
     */
    static JavaInterpreter find(Path home, Path runners) throws SandboxException {
        List<String> said = Commands.output(List.of(home.resolve("bin/java").toString(), "--version"));
        if (!Files.exists(home.resolve("lib/libjava.so")) || !Files.exists(home.resolve("bin/javac"))) {
            throw new SandboxException(home + " is not a JDK: it has no compiler");
        }
        String version = said.getFirst().split(" ")[1];
        if (Runtime.Version.parse(version).feature() < OLDEST) {
            throw new SandboxException(home + " is a JDK " + version + ", must be " + OLDEST + " or newer");
        }
        try {
            writeJar(runners.resolve(JAR));
            return new JavaInterpreter(home, version, places(home));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Distributions keep a JDK's settings elsewhere, behind links. */
    private static List<Path> places(Path home) throws IOException {
        List<Path> places = new ArrayList<>(List.of(home));
        try (Stream<Path> links = Files.find(home, 4, (path, attributes) -> attributes.isSymbolicLink())) {
            for (Path link : links.toList()) {
                if (Files.exists(link) && !link.toRealPath().startsWith(home)) {
                    places.add(link.toRealPath());
                }
            }
        }
        return places;
    }

    /** All classes of the package that runs in the sandbox, wherever this one comes from. */
    private static void writeJar(Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Class<?> type : Rehearsal.classes()) {
                addClass(out, type);
            }
        }
    }

    /** A class, those in it, and those without a name. */
    private static void addClass(JarOutputStream out, Class<?> type) throws IOException {
        addFile(out, type.getName().replace('.', '/'));
        for (Class<?> nested : type.getDeclaredClasses()) {
            addClass(out, nested);
        }
    }

    private static void addFile(JarOutputStream out, String name) throws IOException {
        try (InputStream bytes = JavaInterpreter.class.getResourceAsStream("/" + name + ".class")) {
            if (bytes == null) {
                return;
            }
            out.putNextEntry(new JarEntry(name + ".class"));
            bytes.transferTo(out);
        }
        for (int i = 1; JavaInterpreter.class.getResource("/" + name + "$" + i + ".class") != null; i++) {
            addFile(out, name + "$" + i);
        }
    }

    /**
     * Runs a rehearsal once to make the cache. It runs a program of ours, so it needs no sandbox; another folder does
     * not matter to the cache, other options of the garbage collector would.
     */
    void writeCache(Path runners) throws IOException, InterruptedException {
        Path unfinished = runners.resolve(CACHE + ".unfinished");
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin/java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx256m", "-XX:AOTCacheOutput=" + unfinished));
        command.addAll(List.of("-cp", runners.resolve(JAR).toString(), Rehearsal.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        Process process = builder.start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(Program.EXAMPLE_IN_JAVA.forTests(true));
            }
            process.waitFor(CACHE_MINUTES, TimeUnit.MINUTES);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        if (Files.exists(unfinished)) {
            Files.move(unfinished, runners.resolve(CACHE));
        }
    }

    @Override
    public Language language() {
        return Language.JAVA;
    }

    /** Its libraries find one another by /proc, which is not there. */
    @Override
    public Map<String, String> environment() {
        return Map.of("LD_LIBRARY_PATH", home.resolve("lib").toString());
    }

    @Override
    public List<String> command(Role role, Limits limits) {
        long heap = limits.memory() - BESIDE_HEAP;
        List<String> command = new ArrayList<>(List.of(
                home.resolve("bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-XX:+DisableAttachMechanism",
                "-XX:AOTCache=" + Sandbox.RUNNER.resolve(CACHE), // goes without where it is missing
                "-Xlog:disable",
                "-Xmx" + heap,
                "-XX:MaxMetaspaceSize=128m",
                "-XX:ReservedCodeCacheSize=64m",
                "-Djava.awt.headless=true"));
        command.addAll(
                switch (role) {
                    // It compiles one small program and ends: the optimizing compiler would cost more than it gains.
                    case TESTS -> List.of("-XX:TieredStopAtLevel=1");
                    case COMPLETION -> List.of();
                });
        command.addAll(List.of("-cp", Sandbox.RUNNER.resolve(JAR).toString()));
        command.add(
                switch (role) {
                    case TESTS -> TestsRunner.class.getName();
                    case COMPLETION -> CompletionRunner.class.getName();
                });
        return command;
    }

    @Override
    public long leastMemory() {
        return BESIDE_HEAP + LEAST_HEAP;
    }

    @Override
    public long addressSpace(Limits limits) {
        return ADDRESS_SPACE + limits.memory();
    }
}
