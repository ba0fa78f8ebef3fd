package dev.tribunal.trainer.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.servicekit.testing.RealPostgres;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a migration makes of the rows that an older trainer has written. */
class MigrationTest {

    private static int databases;

    private final DriverManagerDataSource database = database();

    private static DriverManagerDataSource database() {
        String url = RealPostgres.url();
        String name = "migrated" + ++databases;
        new JdbcTemplate(new DriverManagerDataSource(url, RealPostgres.user(), RealPostgres.password()))
                .execute("create database " + name);
        return new DriverManagerDataSource(
                url.replaceFirst("(//[^/]*/)[^?]*", "$1" + name), RealPostgres.user(), RealPostgres.password());
    }

    private void migrate(String version) {
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration/trainer")
                .schemas("trainer")
                .defaultSchema("trainer")
                .target(version)
                .load()
                .migrate();
    }

    @Test
    void episodesOfOneRewardModelTellItsScoresByName() {
        migrate("8");
        JdbcTemplate jdbc = new JdbcTemplate(database);
        jdbc.update("""
                insert into trainer.runs (id, name, labels, state, step, steps, conditions, spec, body_digest, created_at,
                    last_event, last_episode, revision)
                values ('run_1', 'old', '{}', 'succeeded', 1, 1, '[]', '{}', 'd', now(), 1, 4, 1)""");
        episode(jdbc, 1, "2.5", "null", "'helpfulness@3'", "1.5");
        episode(jdbc, 2, "null", "'too_long: 513 tokens'", "'helpfulness@3'", "1.5");
        episode(jdbc, 3, "0.25", "null", "'helpfulness@3'", "null");
        episode(jdbc, 4, "null", "null", "null", "null");

        migrate("latest");

        List<JsonNode> scores =
                jdbc.queryForList("select scores::text from trainer.episodes order by number", String.class).stream()
                        .map(JsonMapper.shared()::readTree)
                        .toList();
        assertThat(scores).hasSize(4);
        assertThat(scores.subList(0, 3)).allSatisfy(of -> {
            assertThat(of.path(0).path("name").asString()).isEqualTo("helpfulness");
            assertThat(of.path(0).path("rewardModel").asString()).isEqualTo("helpfulness@3");
        });
        assertThat(scores.get(0).path(0).path("score").path("value").asDouble()).isEqualTo(2.5);
        assertThat(scores.get(0).path(0).path("baseline").path("value").asDouble())
                .isEqualTo(1.5);
        assertThat(scores.get(0).path(0).path("error").isNull()).isTrue();
        assertThat(scores.get(1).path(0).path("score").isNull()).isTrue();
        assertThat(scores.get(1).path(0).path("error").asString()).isEqualTo("too_long: 513 tokens");
        assertThat(scores.get(2).path(0).path("baseline").isNull()).isTrue();
        assertThat(scores.get(3).isEmpty()).as("nothing was scored").isTrue();
    }

    @Test
    void whatALabelStageWritesIsARecord() {
        migrate("15");
        JdbcTemplate jdbc = new JdbcTemplate(database);
        String spec =
                "{\"name\": \"old\", \"stages\": [{\"type\": \"generate\"}, {\"type\": \"label\", \"write\": \"best\"}]}";
        for (String of : List.of(spec, "{\"stages\": []}", "{\"stages\": null}", "{}")) {
            jdbc.update("""
                    insert into trainer.runs (id, name, labels, state, step, steps, conditions, spec, body_digest,
                        created_at, last_event, last_episode, revision)
                    values ('run_%d', 'old', '{}', 'succeeded', 1, 1, '[]', '%s', 'd', now(), 1, 4, 1)""".formatted(of.length(), of));
        }

        migrate("latest");

        List<String> specs = jdbc.queryForList("select spec::text from trainer.runs", String.class);
        assertThat(specs).contains("{}", "{\"stages\": []}", "{\"stages\": null}");
        JsonNode migrated = JsonMapper.shared()
                .readTree(specs.stream()
                        .filter(each -> each.contains("old"))
                        .findFirst()
                        .orElseThrow());
        assertThat(migrated.path("stages").toString())
                .isEqualTo("[{\"type\":\"generate\"},{\"type\":\"label\",\"write\":{\"type\":\"best\"}}]");
    }

    private static void episode(
            JdbcTemplate jdbc, int number, String score, String error, String model, String baselineScore) {
        jdbc.update("""
                insert into trainer.episodes (run_id, number, step, task, split, prompt, sample, policy_version, messages,
                    completion, finish_reason, token_ids, log_probs, reference_log_probs, baseline, log_ratio, weight,
                    score, score_error, reward_model, baseline_score)
                values ('run_1', %d, 1, 'math', 'train', 0, 0, 0, '[]', 'yes', 'stop', '{4}', '{-1}', '{-1}', 'no', 0, 0,
                    %s, %s, %s, %s)""".formatted(number, score, error, model, baselineScore));
    }
}
