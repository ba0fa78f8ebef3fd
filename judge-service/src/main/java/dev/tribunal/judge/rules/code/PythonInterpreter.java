package dev.tribunal.judge.rules.code;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A Python 3. It says itself where its executable and its modules are: a command may be a script that looks for it. */
record PythonInterpreter(Path executable, String version, List<Path> reads) implements Interpreter {

    private static final String RUNNER = "runner.py";

    /** Line by line: version, executable, and where it or an environment of it is installed, with its search path. */
    private static final String WHERE = """
            import os, sys
            print("%d.%d.%d" % sys.version_info[:3])
            print(sys.executable)
            for place in (os.path.realpath(sys.executable), sys.base_prefix, sys.prefix, *sys.path):
                print(place)
            """;

    /** Folders that hold more than Python: of these only its own parts are shown. */
    private static final Set<Path> SHARED = Set.of(Path.of("/"), Path.of("/usr"), Path.of("/usr/local"));

    PythonInterpreter {
        reads = List.copyOf(reads);
    }

    /**
     * @param runners the runner is put there
     * @throws SandboxException if the command does not run
     */
    static PythonInterpreter find(String command, Path runners) throws SandboxException {
        List<String> said = Commands.output(List.of(command, "-I", "-B", "-c", WHERE));
        if (said.size() < 5) {
            throw new SandboxException("'" + command + "' is no Python 3");
        }
        Set<Path> reads = new LinkedHashSet<>();
        for (String line : said.subList(1, said.size())) {
            Path place = Path.of(line);
            if (place.isAbsolute() && Files.exists(place) && !SHARED.contains(place)) {
                reads.add(place);
            } else if (place.equals(Path.of("/usr/local"))) {
                reads.add(Path.of("/usr/local/lib")); // its own library may be there
            }
        }
        try (InputStream runner = PythonInterpreter.class.getResourceAsStream(RUNNER)) {
            Files.copy(runner, runners.resolve(RUNNER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new PythonInterpreter(Path.of(said.get(1)), said.getFirst(), List.copyOf(reads));
    }

    @Override
    public Language language() {
        return Language.PYTHON;
    }

    /** The same order of sets in each run: a verdict must not hang on it. */
    @Override
    public Map<String, String> environment() {
        return Map.of("PYTHONHASHSEED", "0");
    }

    @Override
    public List<String> command(Limits limits) {
        // Not -I, which ignores the hash seed; with -P and no user's folder nothing else is left of the environment.
        return List.of(
                executable.toString(), "-s", "-B", "-X", "utf8", Sandbox.RUNNER.resolve(RUNNER).toString());
    }

    @Override
    public long leastMemory() {
        return Limits.LEAST_MEMORY;
    }

    @Override
    public long addressSpace(Limits limits) {
        return limits.memory();
    }
}
