package dev.tribunal.servicekit.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * One PostgreSQL for a test JVM: Testcontainers where a Docker engine answers, else embedded binaries. Call
 * {@link #register} from a {@code @DynamicPropertySource} method.
 */
public final class RealPostgres {

    private static final Database DATABASE = start();

    private RealPostgres() {}

    /** Points {@code spring.datasource.*} at the database. */
    public static void register(DynamicPropertyRegistry registry) {
        registry.add("spring.datasource.url", () -> DATABASE.url);
        registry.add("spring.datasource.username", () -> DATABASE.user);
        registry.add("spring.datasource.password", () -> DATABASE.password);
    }

    public static String url() {
        return DATABASE.url;
    }

    public static String user() {
        return DATABASE.user;
    }

    public static String password() {
        return DATABASE.password;
    }

    private static Database start() {
        return DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
    }

    @SuppressWarnings("resource") // lives as long as the JVM; Ryuk removes the container
    private static Database container() {
        PostgreSQLContainer postgres = new PostgreSQLContainer("postgres:18");
        postgres.start();
        return new Database(postgres.getJdbcUrl(), postgres.getUsername(), postgres.getPassword());
    }

    private static Database embedded() {
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setPGStartupWait(Duration.ofMinutes(1))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    postgres.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            return new Database(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start an embedded PostgreSQL", e);
        }
    }

    private record Database(String url, String user, String password) {}
}
