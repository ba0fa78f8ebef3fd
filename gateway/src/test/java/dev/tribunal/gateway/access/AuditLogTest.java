package dev.tribunal.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.servicekit.testing.RealPostgres;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class AuditLogTest {

    @Test
    void entriesGoWhenTheirTimeIsOver() {
        DriverManagerDataSource database =
                new DriverManagerDataSource(RealPostgres.url(), RealPostgres.user(), RealPostgres.password());
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration/gateway")
                .schemas("gateway")
                .defaultSchema("gateway")
                .load()
                .migrate();
        JdbcClient client = JdbcClient.create(database);
        client.sql("""
                insert into gateway.audit_entries (at, caller, namespace, method, path, request_id, address)
                select now() - interval '40 days', 'of-clean-up', 'default', 'POST', '/' || n, 'r', 'a'
                from generate_series(1, 25000) n""").update();
        try (AuditLog log = new AuditLog(client, properties())) {
            log.begin("of-clean-up", "default", "POST", null, "/kept", "r", "a");

            log.cleanUp();
        }

        assertThat(client.sql("select path from gateway.audit_entries where caller = 'of-clean-up'")
                        .query(String.class)
                        .list())
                .isEqualTo(List.of("/kept"));
    }

    private static AccessProperties properties() {
        return new AccessProperties(
                200,
                Duration.ofDays(30),
                new AccessProperties.Oidc(null, null, null, "sub", "roles", "", null, List.of("default")));
    }
}
