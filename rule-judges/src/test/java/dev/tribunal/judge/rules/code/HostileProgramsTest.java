package dev.tribunal.judge.rules.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.judge.sdk.ItemVerdict.Decided;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that mean harm, in the real sandbox. Most of them report: the tests then see what the program found, so that
 * a satisfied verdict says that the harm was refused.
 */
class HostileProgramsTest {

    private static final String NOTHING = "assert found == [], found";

    /** What each program begins with: an attempt that the system must refuse. */
    private static final String ATTEMPT = """
            import os, socket, sys
            found = []
            def attempt(what, action):
                try:
                    found.append((what, repr(action())))
                except (OSError, MemoryError, ImportError):
                    pass
            """;

    /** Of whatever libc offers, past all of Python's own checks. */
    private static final String SYSTEM_CALLS = """
            import ctypes
            import os
            found = []
            call = ctypes.pythonapi.syscall
            call.restype = ctypes.c_long
            arm = os.uname().machine == "aarch64"
            def attempt(what, amd64, arm64, *arguments):
                result = call(arm64 if arm else amd64, *[ctypes.c_long(a) for a in arguments])
                if result >= 0:
                    found.append((what, result))
            """;

    private static CodeJudge judge;

    private final Set<ProcessHandle> before = ConcurrentHashMap.newKeySet();

    @BeforeAll
    static void open() throws SandboxException {
        judge = CodeJudging.open();
    }

    @AfterAll
    static void close() {
        if (judge != null) {
            judge.close();
        }
    }

    @BeforeEach
    void countProcesses() {
        ProcessHandle.current().descendants().forEach(before::add);
    }

    @AfterEach
    void nothingIsLeftBehind() {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(
                        () -> assertThat(ProcessHandle.current().descendants().filter(p -> !before.contains(p)))
                                .isEmpty());
    }

    @Test
    void aForkBombMeetsTheLimitOnProcesses() {
        String bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass";
        assertThat(run(bomb, "pass", Map.of("timeoutSeconds", 1)).satisfied()).isFalse();

        String count = ATTEMPT + """
                children = 0
                try:
                    while children < 1000:
                        if os.fork() == 0:
                            import time
                            time.sleep(30)
                        children += 1
                except OSError:
                    pass
                """;
        Decided verdict = run(count, "assert 8 < children < 64, children", Map.of());
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    @Test
    void threadsCountAsProcesses() {
        String threads = """
                import threading, time
                started = 0
                try:
                    while started < 1000:
                        threading.Thread(target=time.sleep, args=[30], daemon=True).start()
                        started += 1
                except RuntimeError:
                    pass
                """;
        Decided verdict = run(threads, "assert started < 64, started", Map.of());
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    @Test
    void aMemoryBombMeetsTheLimitOnMemory() {
        assertThat(run("x = []\nwhile True: x.append(bytearray(1 << 20))", "pass", Map.of("memoryMegabytes", 128))
                        .reason())
                .startsWith("MemoryError");

        String together = """
                import os, time
                for i in range(30):
                    if os.fork() == 0:
                        x = [bytearray(b"x" * (1 << 20)) for _ in range(40)]
                        time.sleep(30)
                time.sleep(30)
                """;
        assertThat(run(together, "pass", Map.of("memoryMegabytes", 128, "timeoutSeconds", 20))
                        .reason())
                .isEqualTo("uses more than 128 MB of memory");
    }

    @Test
    void aForkedProcessDoesNotSpeakForTheProgram() {
        String forking = """
                import os
                child = os.fork()
                if child == 0:
                    raise ValueError("the child's")
                os.waitpid(child, 0)
                def answer():
                    if os.fork() == 0:
                        return 41
                    os.wait()
                    return 42
                """;
        Decided verdict = run(forking, "assert answer() == 42", Map.of());
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    @Test
    void aJavaMemoryBombMeetsItToo() {
        String bomb = "class Solution { static List<long[]> all = new ArrayList<>();\n"
                + "    Solution() { while (true) { all.add(new long[1 << 17]); } } }";
        String tests = "public class Main { public static void main(String[] a) { new Solution(); } }";
        assertThat(CodeJudging.java(judge, bomb, tests).reason()).contains("OutOfMemoryError");
    }

    @Test
    void aDiskFillerMeetsTheEndOfItsScratch() {
        String filler = ATTEMPT + """
                written = 0
                try:
                    for i in range(1000):
                        with open(f"/tmp/{i}", "wb") as file:
                            written += file.write(bytes(1 << 20))
                except OSError:
                    pass
                def one():
                    with open("/tmp/0", "wb") as file:
                        file.truncate(100 << 20)
                import signal
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                attempt("a huge file", one)
                """;
        Decided verdict = run(filler, NOTHING + "\nassert written <= 8 << 20, written", Map.of("scratchMegabytes", 8));
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    @Test
    void nothingIsWrittenOutsideTheScratch() {
        String writer = ATTEMPT + """
                places = ["/", "/dev", "/dev/shm", "/usr", "/usr/lib", "/runner", "/root", "/var/tmp", "/run", "/etc",
                          "/home", "/proc/self", "/sys", os.path.dirname(sys.executable), os.path.dirname(os.__file__)]
                for place in places:
                    attempt(place, lambda: open(place + "/written", "w"))
                    attempt(place, lambda: os.mkdir(place + "/made"))
                attempt("/runner", lambda: os.remove("/runner/wire.py"))
                attempt("/runner", lambda: os.chmod("/runner/wire.py", 0o777))
                """;
        Decided verdict = run(writer, NOTHING, Map.of());
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import os\nwhile True: os.write(2, b'x' * 65536)",
                "import sys\nwhile True: print('x' * 100)",
                "import os\nwhile True:\n    for fd in range(256):\n"
                        + "        try: os.write(fd, b'ready\\nloaded\\nrunning\\n' * 9999)\n        except OSError: pass"
            })
    void endlessOutputIsThrownAway(String code) {
        Decided verdict = run(code, "pass", Map.of("timeoutSeconds", 1));

        assertThat(verdict.satisfied()).isFalse();
        assertThat(verdict.reason()).hasSizeLessThan(1000);
    }

    @Test
    void aHugeLineIsNeitherKeptNorInTheWay() {
        Decided verdict =
                run("import sys\nsys.stderr.write('x' * (50 << 20))\nprint('y' * (50 << 20))", "assert sys", Map.of());
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
        assertThat(run("raise ValueError('x' * (50 << 20))", "pass", Map.of()).reason())
                .hasSizeLessThan(1000);
    }

    @Test
    void thereIsNoNetwork() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String program = ATTEMPT + """
                    def datagram(host, port):
                        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (host, port))
                    attempt("tcp", lambda: socket.create_connection(("127.0.0.1", PORT), 1))
                    attempt("tcp6", lambda: socket.create_connection(("::1", PORT), 1))
                    attempt("tcp out", lambda: socket.create_connection(("192.0.2.1", 80), 1))
                    attempt("udp", lambda: datagram("192.0.2.1", 53))
                    attempt("metadata", lambda: socket.create_connection(("169.254.169.254", 80), 1))
                    attempt("dns", lambda: socket.getaddrinfo("example.org", 80))
                    attempt("vsock", lambda: socket.socket(40, socket.SOCK_STREAM))
                    attempt("packet", lambda: socket.socket(17, socket.SOCK_RAW))
                    attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
                    attempt("netlink", lambda: socket.socket(16, socket.SOCK_RAW))
                    def unix(name):
                        socket.socket(socket.AF_UNIX).connect(name)
                    for name in ("/run/docker.sock", "/var/run/docker.sock", "/tmp/.s.PGSQL.5432", "\\0abstract"):
                        attempt("unix", lambda: unix(name))
                    """.replace("PORT", "" + server.getLocalPort());
            Decided verdict = run(program, NOTHING, Map.of());
            assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
        }
    }

    @Test
    void theServiceIsNotToBeSeen(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        String program = ATTEMPT + """
                attempt("a file", lambda: open("SECRET").read())
                for place in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/proc/1/environ", "/proc/self/mem",
                              "/proc/self/fd", "/proc/mounts", "/sys/class", "/home", "/root/.ssh", "/root/.bash_history",
                              "/var/log", "/run", "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/tty", "/dev/pts"):
                    attempt(place, lambda: os.listdir(place) if os.path.isdir(place) else open(place).read(1))
                names = set(os.environ) - {"HOME", "LANG", "LC_CTYPE", "PWD", "PYTHONHASHSEED"}
                if names:
                    found.append(names)
                if os.uname().nodename != "sandbox":
                    found.append(os.uname().nodename)
                """.replace("SECRET", secret.toString());
        Decided verdict = run(program, NOTHING, Map.of());
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    @Test
    void aLinkLeadsNowhere(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        String program = ATTEMPT + """
                for target in ("SECRET", "/etc/passwd", "../../../../../../SECRET"):
                    os.symlink(target, "/tmp/link")
                    attempt("reads by link", lambda: open("/tmp/link").read())
                    os.remove("/tmp/link")
                os.symlink("/usr/lib/planted", "/tmp/link")
                attempt("writes by link", lambda: open("/tmp/link", "w"))
                attempt("hard link", lambda: os.link("/runner/wire.py", "/tmp/hard"))
                """.replace("SECRET", secret.toString());
        Decided verdict = run(program, NOTHING, Map.of());
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    @Test
    void signalsReachNobodyOutside() {
        String program =
                ATTEMPT + """
                import signal
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                attempt("the service", lambda: os.kill(SERVICE, 0))
                attempt("everybody", lambda: os.kill(-1, signal.SIGTERM))
                if os.getppid() > 9:
                    found.append(("sees the pids outside", os.getppid()))
                """.replace("SERVICE", "" + ProcessHandle.current().pid());
        // kill(-1) has nobody to reach, which is an error, but for processes in the sandbox itself.
        Decided verdict =
                run(program, "assert [what for what, _ in found if what != 'everybody'] == [], found", Map.of());
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
        for (String target : List.of("os.getppid()", "1", "0", "-1")) {
            String kill = "import os, signal, time\nos.kill(" + target + ", signal.SIGKILL)\ntime.sleep(9)";
            assertThat(run(kill, "pass", Map.of("timeoutSeconds", 1)).satisfied())
                    .isFalse();
        }
    }

    @Test
    void itsOwnFilesComeToAnEnd() {
        String program = """
                import os
                opened = 0
                try:
                    while opened < 100_000:
                        os.pipe()
                        opened += 1
                except OSError:
                    pass
                """;
        Decided verdict = run(program, "assert opened < 256, opened", Map.of());
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    @Test
    void thereArePrivilegesNeitherToUseNorToGain() {
        String program = ATTEMPT + """
                attempt("setuid", lambda: os.setuid(0))
                attempt("setgid", lambda: os.setgid(0))
                attempt("setgroups", lambda: os.setgroups([0]))
                attempt("chroot", lambda: os.chroot("/tmp"))
                attempt("nice", lambda: os.nice(-5))
                attempt("mknod", lambda: os.mknod("/tmp/disk", 0o60666, os.makedev(8, 0)))
                attempt("chown", lambda: os.chown("/tmp", 0, 0))
                def raised():
                    import resource
                    try:
                        resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999))
                    except ValueError as e:
                        raise OSError from e
                attempt("limits", raised)
                if 0 in os.getresuid() + os.getresgid():
                    found.append("is root")
                for program in ("/usr/bin/su", "/usr/bin/sudo", "/bin/sh", "/usr/bin/mount", "/usr/bin/unshare"):
                    attempt(program, lambda: os.execv(program, [program]))
                """;
        Decided verdict = run(program, NOTHING, Map.of());
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    @Test
    void theKernelsDoorsAreShut() {
        String calls = SYSTEM_CALLS + """
                CLONE_NEWUSER, SIGCHLD = 0x10000000, 17
                attempt("ptrace", 101, 117, 0, 0, 0, 0)
                attempt("ptrace attach", 101, 117, 16, 1, 0, 0)
                attempt("unshare", 272, 97, CLONE_NEWUSER)
                attempt("unshare mounts", 272, 97, 0x20000)
                attempt("clone", 56, 220, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)
                attempt("clone3", 435, 435, 0, 0)
                attempt("mount", 165, 40, 0, 0, 0, 0, 0)
                attempt("shmget", 29, 194, 0, 1 << 30, 0o1600)
                attempt("msgget", 68, 186, 0, 0o1600)
                attempt("semget", 64, 190, 0, 1, 0o1600)
                attempt("memfd_create", 319, 279, id(b"x") + 32, 0)
                attempt("io_uring_setup", 425, 425, 8, 0)
                attempt("bpf", 321, 280, 0, 0, 0)
                attempt("userfaultfd", 323, 282, 1)
                attempt("keyctl", 250, 219, 0, -3, 1)
                attempt("perf_event_open", 298, 241, 0, 0, 0, -1, 0)
                attempt("process_vm_readv", 310, 270, 1, 0, 0, 0, 0, 0)
                attempt("pidfd_getfd", 438, 438, 0, 0, 0)
                attempt("setns", 308, 268, 0, 0)
                attempt("pivot_root", 155, 41, 0, 0)
                assert call(172 if arm else 39) > 0, "getpid is allowed"
                """;
        Decided verdict = run(calls, NOTHING, Map.of());
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    @Test
    void sleepersAndDaemonsEndWithTheProgram() {
        String daemon = """
                import os, time
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        import signal
                        for number in range(1, 32):
                            try: signal.signal(number, signal.SIG_IGN)
                            except (OSError, ValueError): pass
                        time.sleep(600)
                    os._exit(0)
                os.wait()
                time.sleep(TIME)
                """;
        for (String time : List.of("1", "600")) {
            CompletableFuture<Decided> verdict = CompletableFuture.supplyAsync(
                    () -> run(daemon.replace("TIME", time), "assert os", Map.of("timeoutSeconds", 2)));
            Set<ProcessHandle> started = await().atMost(Duration.ofSeconds(20))
                    .until(
                            () -> ProcessHandle.current()
                                    .descendants()
                                    .filter(process -> !before.contains(process))
                                    .collect(Collectors.toSet()),
                            processes -> processes.stream()
                                            .filter(HostileProgramsTest::isPython)
                                            .count()
                                    >= 2);
            assertThat(verdict.join().satisfied()).isEqualTo(time.equals("1"));
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(started).noneMatch(HostileProgramsTest::runs));
        }
    }

    private static boolean isPython(ProcessHandle process) {
        String line = process.info().commandLine().orElse("");
        return line.contains("start.py") && !line.contains("--unshare");
    }

    /** One that has ended may still be listed, where nobody fetches the exit code of orphans. */
    private static boolean runs(ProcessHandle process) {
        try {
            return !Files.readString(Path.of("/proc/" + process.pid() + "/stat"))
                    .contains(") Z ");
        } catch (IOException gone) {
            return false;
        }
    }

    @Test
    void aProgramThatEndsItselfIsNeverUndecided() {
        for (String code : List.of(
                "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
                "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
                "import os\nos.abort()",
                "import os\nos._exit(3)",
                "import os\nfor fd in range(256):\n    try: os.close(fd)\n    except OSError: pass\nwhile True: pass",
                "import os, time\nos.fork()\nos.fork()\nos.kill(0, 9)",
                "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass",
                "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(): f()\nf()")) {
            assertThat(run(code, "pass", Map.of("timeoutSeconds", 2)).satisfied())
                    .as(code)
                    .isFalse();
        }
    }

    @Test
    void aHostileSourceIsTheProgramsFault() {
        String deep = "x = " + "(".repeat(100_000) + "1" + ")".repeat(100_000);
        assertThat(run(deep, "pass", Map.of()).satisfied()).isFalse();
        String java = "class Solution { int x = " + "(".repeat(20_000) + "1" + ")".repeat(20_000) + "; }";
        String tests = "public class Main { public static void main(String[] a) { new Solution(); } }";
        CodeJudging.java(judge, java, tests); // decided, either way
        assertThat(CodeJudging.java(judge, "class Solution { \0 }", tests).satisfied())
                .isFalse();
    }

    @Test
    void javaIsHeldAsTightly() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String code = """
                    import java.io.*;
                    import java.net.*;
                    import java.nio.file.*;

                    class Solution {
                        interface Action { Object run() throws Exception; }
                        static List<String> found = new ArrayList<>();
                        static void attempt(String what, Action action) {
                            try {
                                found.add(what + ": " + action.run());
                            } catch (Exception refused) {
                            }
                        }
                        static List<String> found() {
                            attempt("tcp", () -> new Socket("127.0.0.1", PORT));
                            attempt("udp", () -> {
                                new DatagramSocket().send(
                                        new DatagramPacket(new byte[1], 1, InetAddress.getByName("192.0.2.1"), 53));
                                return 1;
                            });
                            attempt("dns", () -> InetAddress.getByName("example.org"));
                            attempt("users", () -> Files.readString(Path.of("/etc/passwd")));
                            attempt("processes", () -> Files.list(Path.of("/proc")));
                            attempt("write", () -> Files.writeString(Path.of("/usr/lib/written"), "x"));
                            attempt("shell", () -> new ProcessBuilder("/bin/sh", "-c", "true").start());
                            return found;
                        }
                    }
                    """.replace("PORT", "" + server.getLocalPort());
            String tests = """
                    public class Main {
                        public static void main(String[] args) {
                            if (!Solution.found().isEmpty()) {
                                throw new IllegalStateException(Solution.found().toString());
                            }
                        }
                    }
                    """;
            Decided verdict = CodeJudging.java(judge, code, tests);
            assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
        }
    }

    private static Decided run(String code, String tests, Map<String, Object> parameters) {
        return CodeJudging.python(judge, code, tests, parameters);
    }
}
