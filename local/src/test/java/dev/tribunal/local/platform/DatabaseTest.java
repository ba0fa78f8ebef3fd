package dev.tribunal.local.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    /** One start after the other in one test, for each takes seconds. */
    @Test
    void keepsItsDataDurablyBehindAPasswordEvenAfterACrash() throws IOException, SQLException {
        Path pidFile = folder.resolve("postgres/data/postmaster.pid");
        try (Home home = Home.open(folder)) {
            Files.createDirectories(home.logs());
            String pid;
            try (Database database = Database.start(home)) {
                execute(database, "create table kept as select 42 as answer");
                assertThat(query(database, "show fsync")).isEqualTo("on");
                assertThat(query(database, "show synchronous_commit")).isEqualTo("on");
                assertThatThrownBy(() -> DriverManager.getConnection(url(database), "postgres", "wrong"))
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("password authentication failed");
                pid = Files.readString(pidFile);
            }
            // As if the machine had gone down and the server's process number now were another program's: ours.
            Files.writeString(
                    pidFile,
                    pid.replaceFirst(
                            "^\\d+", Long.toString(ProcessHandle.current().pid())));

            try (Database database = Database.start(home)) {
                assertThat(query(database, "select answer from kept")).isEqualTo("42");
            }
        }
    }

    /** Killed with its data in place, killed with a stale process number, stopped and let go on: one start for all. */
    @Test
    void comesBackOnItsPortWhenItsProcessIsKilled() throws Exception {
        Path pidFile = folder.resolve("postgres/data/postmaster.pid");
        try (Home home = Home.open(folder)) {
            Files.createDirectories(home.logs());
            try (Database database = Database.start(home);
                    DatabaseWatch _ = DatabaseWatch.start(database)) {
                execute(database, "create table kept as select 42 as answer");
                String url = url(database);
                ProcessHandle killed = process(pidFile);
                killed.destroyForcibly();
                await().atMost(PATIENCE).until(() -> !killed.isAlive());
                await().atMost(PATIENCE).until(() -> database.alive() && database.answers());

                assertThat(url(database)).isEqualTo(url);
                assertThat(process(pidFile).pid()).isNotEqualTo(killed.pid());
                assertThat(query(database, "select answer from kept")).isEqualTo("42");

                signal("STOP", process(pidFile));
                assertThat(database.alive()).isTrue();
                assertThat(database.answers()).isFalse();
                signal("CONT", process(pidFile));
                await().atMost(PATIENCE).until(database::answers);
            }
            // Closed on purpose: it stays down.
            assertThat(pidFile).doesNotExist();
        }
    }

    private static ProcessHandle process(Path pidFile) throws IOException {
        return ProcessHandle.of(
                        Long.parseLong(Files.readAllLines(pidFile).getFirst().strip()))
                .orElseThrow();
    }

    private static void signal(String name, ProcessHandle process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static void execute(Database database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(Database database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static Connection connect(Database database) throws SQLException {
        var settings = database.settings();
        return DriverManager.getConnection(
                url(database), settings.get("spring.datasource.username"), settings.get("spring.datasource.password"));
    }

    private static String url(Database database) {
        return database.settings().get("spring.datasource.url");
    }
}
