package dev.tribunal.local.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {

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
            Files.writeString(pidFile, pid.replaceFirst("^\\d+", Long.toString(ProcessHandle.current().pid())));

            try (Database database = Database.start(home)) {
                assertThat(query(database, "select answer from kept")).isEqualTo("42");
            }
        }
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
                url(database),
                settings.get("spring.datasource.username"),
                settings.get("spring.datasource.password"));
    }

    private static String url(Database database) {
        return database.settings().get("spring.datasource.url");
    }
}
