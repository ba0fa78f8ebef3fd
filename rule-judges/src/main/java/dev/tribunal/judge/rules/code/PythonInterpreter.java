package dev.tribunal.judge.rules.code;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A Python 3. It says itself where its executable and its modules are: a command may be a script that looks for it. */
record PythonInterpreter(Path executable, String version, List<Path> reads, List<Path> packages)
        implements Interpreter {

    private static final List<String> RUNNERS = List.of("start.py", "wire.py", "completion.py", "tests.py");

    /** They start for every program: compiled once, by the interpreter that runs them. */
    private static final String COMPILE = "import compileall, sys; compileall.compile_dir(sys.argv[1], quiet=2)";

    /** Line by line: version, executable, and where it or an environment of it is installed, with its search path. */
    private static final String WHERE = """
            import os, sys
            print("%d.%d.%d" % sys.version_info[:3])
            print(sys.executable)
            for place in (os.path.realpath(sys.executable), sys.base_prefix, sys.prefix, *sys.path):
                print(place)
            """;

    private static final int BEFORE_PATH = 5;

    /** Folders that hold more than Python: of these only its own parts are shown. */
    private static final Set<Path> SHARED = Set.of(Path.of("/"), Path.of("/usr"), Path.of("/usr/local"));

    PythonInterpreter {
        reads = List.copyOf(reads);
        packages = List.copyOf(packages);
    }

    /**
     * @param runners the runner is put there
     * @throws SandboxException if the command does not run
     */
    static PythonInterpreter find(String command, Path runners) throws SandboxException {
        List<String> said = Commands.output(List.of(command, "-I", "-B", "-c", WHERE));
        if (said.size() < BEFORE_PATH) {
            throw new SandboxException("'" + command + "' is not Python 3");
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
        for (String runner : RUNNERS) {
            try (InputStream text = PythonInterpreter.class.getResourceAsStream(runner)) {
                Files.copy(text, runners.resolve(runner));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Commands.output(List.of(said.get(1), "-I", "-c", COMPILE, runners.toString()));
        List<Path> packages = said.subList(BEFORE_PATH, said.size()).stream()
                .filter(place -> place.endsWith("-packages"))
                .map(Path::of)
                .filter(Files::exists)
                .toList();
        return new PythonInterpreter(Path.of(said.get(1)), said.getFirst(), List.copyOf(reads), packages);
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

    /**
     * Not -I, which ignores the hash seed. Without the module site, which takes longer than all the rest: the folders
     * of packages are named instead.
     */
    @Override
    public List<String> command(Role role, Limits limits) {
        List<String> command = new ArrayList<>(List.of(executable.toString(), "-S", "-s", "-B", "-X", "utf8"));
        command.add(Sandbox.RUNNER.resolve(RUNNERS.getFirst()).toString());
        command.add(
                switch (role) {
                    case TESTS -> "tests";
                    case COMPLETION -> "completion";
                });
        packages.forEach(folder -> command.add(folder.toString()));
        return command;
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
