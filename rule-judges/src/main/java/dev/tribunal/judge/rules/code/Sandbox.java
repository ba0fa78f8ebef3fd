package dev.tribunal.judge.rules.code;

import dev.tribunal.servicekit.files.OwnedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Starts processes that nobody vouches for, in bubblewrap.
 *
 * <p>Such a process sees the system's libraries, its interpreter and {@link #RUNNER}, all read-only, an empty
 * {@code /tmp} of bounded size, and four devices; no {@code /proc}, no network, no environment, no process but its own.
 * It has limits on memory, processes, files and processor time, and a filter of system calls. When it ends, or this
 * process does, all that it started ends.
 *
 * <p>A service that runs as root hands it to an unprivileged user first: the kernel exempts root from the limit on
 * processes.
 */
final class Sandbox implements AutoCloseable {

    /** The runners' folder, inside. */
    static final Path RUNNER = Path.of("/runner");

    private static final Path SCRATCH = Path.of("/tmp");
    private static final List<Path> SYSTEM = Stream.of(
                    "/usr/lib", "/usr/lib32", "/usr/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo")
            .map(Path::of)
            .filter(Files::exists)
            .toList();
    private static final List<Path> TOP =
            Stream.of("/lib", "/lib32", "/lib64").map(Path::of).toList();
    private static final List<String> DEVICES = List.of("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom");
    private static final String NOBODY = "65534";
    /** In the name of the folder, which the next sandbox deletes if this process is killed. */
    private static final String PURPOSE = "code";

    private static final int OPEN_FILES = 256;
    private static final int PROCESSOR_SECONDS_MORE = 60; // for start and compiler

    private final Path bubblewrap;
    private final Path limiter;
    private final Path shell;
    private final List<String> asNobody;
    private final OwnedFolder owned;
    private final Path folder;
    private final Path filter;

    /** @throws SandboxException if bubblewrap, or what it takes to use it, is missing */
    Sandbox(String command) throws SandboxException {
        this.bubblewrap = Commands.find(command)
                .orElseThrow(() -> new SandboxException("there is no '" + command
                        + "': install bubblewrap (apt-get install bubblewrap, dnf install bubblewrap), or set"
                        + " tribunal.judge.code.sandbox to where it is"));
        this.limiter = required("prlimit");
        this.shell = required("sh");
        byte[] calls = SystemCallFilter.forArchitecture(System.getProperty("os.arch"));
        try {
            Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
            OwnedFolder.sweep(temporary, PURPOSE, leftOver -> {});
            this.owned = OwnedFolder.create(temporary, PURPOSE);
            // Not under a symbolic link: the path is used on both sides of a mount.
            this.folder = owned.path();
            this.filter = Files.write(folder.resolve("system-calls.bpf"), calls);
            Files.createDirectory(runners());
            boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
            this.asNobody = root
                    ? List.of(
                            required("setpriv").toString(), "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups")
                    : List.of();
        } catch (IOException e) {
            throw new SandboxException("cannot prepare a folder for it: " + e);
        }
    }

    private static Path required(String command) throws SandboxException {
        return Commands.find(command)
                .orElseThrow(() -> new SandboxException(
                        "there is no '" + command + "', which the sandbox needs: install util-linux"));
    }

    /** The folder that a program sees as {@link #RUNNER}. */
    Path runners() {
        return folder.resolve("runner");
    }

    /**
     * Starts an interpreter. The calling thread must live at least as long as the process: with the thread that started
     * it, the kernel ends it.
     */
    Process start(Interpreter interpreter, Role role, Limits limits) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(interpreter, role, limits));
        builder.environment().clear();
        return builder.start();
    }

    private List<String> command(Interpreter interpreter, Role role, Limits limits) {
        List<String> command = new ArrayList<>();
        // Java hands on no other descriptors than 0, 1 and 2.
        command.addAll(List.of(shell.toString(), "-c", "exec \"$@\" 3<\"$0\"", filter.toString()));
        if (!asNobody.isEmpty()) {
            command.addAll(visibleToNobody(interpreter));
            command.addAll(asNobody);
        }
        command.add(bubblewrap.toString());
        command.addAll(List.of("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"));
        command.addAll(List.of("--unshare-cgroup-try", "--uid", NOBODY, "--gid", NOBODY, "--hostname", "sandbox"));
        command.addAll(List.of("--die-with-parent", "--new-session", "--seccomp", "3"));
        command.addAll(List.of("--size", "" + limits.scratch(), "--tmpfs", SCRATCH.toString()));
        command.addAll(system());
        command.addAll(readable(interpreter.reads()));
        command.addAll(readable(List.of(limiter)));
        command.addAll(List.of("--ro-bind", runners().toString(), RUNNER.toString()));
        DEVICES.forEach(device -> command.addAll(List.of("--dev-bind", device, device)));
        command.addAll(List.of("--remount-ro", "/", "--chdir", SCRATCH.toString(), "--clearenv"));
        interpreter.environment().forEach((name, value) -> command.addAll(List.of("--setenv", name, value)));
        command.addAll(List.of("--setenv", "HOME", SCRATCH.toString(), "--setenv", "LANG", "C.UTF-8", "--"));
        command.addAll(limited(interpreter, limits));
        command.addAll(interpreter.command(role, limits));
        return command;
    }

    private List<String> limited(Interpreter interpreter, Limits limits) {
        long seconds = limits.time().plusMillis(999).toSeconds() + PROCESSOR_SECONDS_MORE;
        return List.of(
                limiter.toString(),
                "--as=" + interpreter.addressSpace(limits),
                "--cpu=" + seconds,
                "--nproc=" + limits.processes(),
                "--fsize=" + limits.scratch(),
                "--nofile=" + OPEN_FILES,
                "--msgqueue=0",
                "--core=0",
                "--");
    }

    /**
     * As root, a first bubblewrap without a namespace of users: an interpreter may lie where others than root cannot go,
     * such as root's home.
     */
    private List<String> visibleToNobody(Interpreter interpreter) {
        // With a namespace of processes: what ends this one ends the second, which it may not signal.
        List<String> command = new ArrayList<>(List.of(bubblewrap.toString(), "--unshare-pid", "--die-with-parent"));
        command.addAll(List.of("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"));
        command.addAll(List.of("--dir", SCRATCH.toString()));
        command.addAll(system());
        command.addAll(readable(interpreter.reads()));
        command.addAll(readable(List.of(bubblewrap, Path.of(asNobody.getFirst()), limiter, runners())));
        command.addAll(List.of("--dev-bind", "/dev", "/dev", "--dev-bind", "/proc", "/proc", "--"));
        return command;
    }

    private static List<String> system() {
        List<String> options = new ArrayList<>(readable(SYSTEM));
        for (Path path : TOP) {
            try {
                if (Files.isSymbolicLink(path)) {
                    options.addAll(
                            List.of("--symlink", Files.readSymbolicLink(path).toString(), path.toString()));
                } else if (Files.exists(path)) {
                    options.addAll(readable(List.of(path)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return options;
    }

    /** At the same places, with the folders above them, which bubblewrap by itself would make for its user alone. */
    private static List<String> readable(List<Path> paths) {
        Set<Path> above = new LinkedHashSet<>();
        for (Path path : paths) {
            for (int i = 1; i < path.getNameCount(); i++) {
                above.add(Path.of("/").resolve(path.subpath(0, i)));
            }
        }
        List<String> options = new ArrayList<>();
        above.stream()
                .filter(folder -> paths.stream().noneMatch(folder::startsWith))
                .filter(folder -> !TOP.contains(folder) && SYSTEM.stream().noneMatch(folder::startsWith))
                .forEach(folder -> options.addAll(List.of("--dir", folder.toString())));
        paths.stream()
                .filter(path -> SYSTEM.contains(path) || SYSTEM.stream().noneMatch(path::startsWith))
                .filter(path -> paths.stream().noneMatch(other -> !path.equals(other) && path.startsWith(other)))
                .sorted()
                .forEach(path -> options.addAll(List.of("--ro-bind", path.toString(), path.toString())));
        return options;
    }

    @Override
    public void close() {
        owned.close();
    }
}
