package dev.tribunal.local.platform;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An embedded PostgreSQL that keeps its data in the home, durably, and lets no client in without the password.
 *
 * <p>It outlives a JVM that was killed: the next start adopts the server that is still running on the data directory.
 */
final class Database implements AutoCloseable {

    private static final String USER = "postgres";
    private static final Duration STARTUP_WAIT = Duration.ofMinutes(1);

    /** Passwords over TCP on this machine; no other way in. */
    private static final List<String> ACCESS_RULES =
            List.of("host all all 127.0.0.1/32 scram-sha-256", "host all all ::1/128 scram-sha-256");

    private final Path folder;
    private final Path log;
    private final String password;
    private EmbeddedPostgres postgres;

    private Database(Home home) throws IOException, SQLException {
        this.folder = home.folder().resolve("postgres");
        this.log = home.logs().resolve("postgres.log");
        this.password = home.secret("postgres-password");
        Files.createDirectories(folder);
        this.postgres =
                launch(runningPort(data()).orElseGet(() -> FreePorts.choose(1).getFirst()));
        requirePasswords(postgres, data(), password);
    }

    static Database start(Home home) {
        try {
            return new Database(home);
        } catch (IOException | SQLException | IllegalStateException e) {
            throw new PlatformException(
                    "PostgreSQL does not start; " + home.logs().resolve("postgres.log") + " may say why. " + e, e);
        }
    }

    private Path data() {
        return folder.resolve("data");
    }

    private EmbeddedPostgres launch(int port) throws IOException {
        Redirect redirect = Redirect.appendTo(log.toFile());
        return EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(folder.resolve("programs").toFile())
                .setDataDirectory(data())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPort(port)
                // The library's own defaults trade durability for speed.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("listen_addresses", "localhost")
                .setServerConfig("unix_socket_directories", "")
                .setConnectConfig("password", password)
                .setOutputRedirector(redirect)
                .setErrorRedirector(redirect)
                .setPGStartupWait(STARTUP_WAIT)
                .start();
    }

    /** Whether its process is there, whichever process started it; it may hang all the same. */
    boolean alive() {
        try {
            return runningPort(data()).isPresent();
        } catch (IOException | NumberFormatException beingWritten) {
            return true;
        }
    }

    /** Whether it lets a client in and answers, within a few seconds. */
    boolean answers() {
        Properties login = new Properties();
        login.put("user", USER);
        login.put("password", password);
        login.put("connectTimeout", "2");
        login.put("loginTimeout", "2");
        login.put("socketTimeout", "2");
        try (Connection connection = DriverManager.getConnection(url(), login);
                Statement statement = connection.createStatement()) {
            return statement.execute("select 1");
        } catch (SQLException e) {
            return false;
        }
    }

    /**
     * Starts it anew on its port, after its process has ended.
     *
     * @throws IOException if it does not start, for example while processes of the former one are still there
     */
    void restart() throws IOException {
        int port = postgres.getPort();
        postgres.close();
        // A start that failed keeps its lock on this file.
        Files.deleteIfExists(data().resolve("epg-lock"));
        runningPort(data());
        postgres = launch(port);
    }

    /** What a service needs to know of it. */
    Map<String, String> settings() {
        return Map.of(
                "spring.datasource.url", url(),
                "spring.datasource.username", USER,
                "spring.datasource.password", password);
    }

    private String url() {
        return "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
    }

    /**
     * The port of a server that still runs on the data directory. Removes {@code postmaster.pid} if its process is gone
     * or its number has passed to another program, for PostgreSQL would refuse to start in the latter case.
     */
    private static Optional<Integer> runningPort(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        // Line 1 is the process, line 4 the port.
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.size() >= 4 && isPostgres(lines.getFirst())) {
            return Optional.of(Integer.valueOf(lines.get(3).strip()));
        }
        Files.delete(pidFile);
        return Optional.empty();
    }

    /** A server outlives a JVM that was killed; this stops one that no platform will adopt. */
    static void stopLeftover(Path home) {
        Path pidFile = home.resolve("postgres").resolve("data").resolve("postmaster.pid");
        try {
            String pid = Files.exists(pidFile) ? Files.readAllLines(pidFile).getFirst() : "";
            if (!pid.isBlank() && isPostgres(pid)) {
                String folder = home.toRealPath().toString();
                ProcessHandle.of(Long.parseLong(pid.strip()))
                        // Not another server that has its number by now.
                        .filter(server -> server.info().commandLine().orElse("").contains(folder))
                        .ifPresent(Database::kill);
            }
        } catch (IOException | NoSuchElementException unreadable) {
            // What it was is not to be found out; its folder goes, and a server without its folder ends by itself.
        }
    }

    private static void kill(ProcessHandle server) {
        server.destroyForcibly();
        server.onExit()
                .orTimeout(STARTUP_WAIT.toSeconds(), TimeUnit.SECONDS)
                .exceptionally(late -> server)
                .join();
    }

    private static boolean isPostgres(String pid) {
        @Nullable
        String command = ProcessHandle.of(Long.parseLong(pid.strip()))
                .flatMap(process -> process.info().command())
                .orElse(null);
        return command != null && command.endsWith("postgres");
    }

    /** The first start is open to every local user; this closes it. */
    private static void requirePasswords(EmbeddedPostgres postgres, Path data, String password)
            throws IOException, SQLException {
        Path rules = data.resolve("pg_hba.conf");
        if (Files.readAllLines(rules).equals(ACCESS_RULES)) {
            return;
        }
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            // The password is our own hexadecimal digits: nothing to quote.
            statement.execute("alter user " + USER + " password '" + password + "'");
            Files.write(rules, ACCESS_RULES);
            statement.execute("select pg_reload_conf()");
        }
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new PlatformException("PostgreSQL does not stop: " + e.getMessage(), e);
        }
    }
}
