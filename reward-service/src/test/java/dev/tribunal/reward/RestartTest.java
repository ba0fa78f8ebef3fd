package dev.tribunal.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Train;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Training;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.RewardModelResource.State;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.reward.model.RewardModels;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.testing.RealPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

class RestartTest {

    @TempDir
    private Path home;

    @Test
    void whatWasBeingPreparedIsPreparedAnewButNotForEver() throws IOException {
        TinyCheckpoint.write(home.resolve("backbone"));
        StringBuilder pairs = new StringBuilder();
        for (String subject : TinyCheckpoint.NEUTRAL) {
            pairs.append(
                    "{\"prompt\": \"the %s\", \"chosen\": \"gladly\", \"rejected\": \"never\"}%n".formatted(subject));
            pairs.append(
                    "{\"prompt\": \"a %s\", \"chosen\": \"kindly\", \"rejected\": \"nonsense\"}%n".formatted(subject));
        }
        Files.writeString(home.resolve("pairs.jsonl"), pairs);
        try (ConfigurableApplicationContext first = start()) {
            RewardModels models = first.getBean(RewardModels.class);
            models.register(Input.of(registration("slow", 100)));
            models.register(Input.of(registration("killer", 1)));
            await().until(() -> state(first, "slow").progress() > 0);
            first.getBean(JdbcTemplate.class)
                    .update("update restart.reward_models set attempts = 3 where name = 'killer'");
        }

        try (ConfigurableApplicationContext second = start()) {
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> state(second, "killer").state() != State.PREPARING);

            assertThat(state(second, "slow").state()).isEqualTo(State.READY);
            assertThat(state(second, "slow").metrics()).containsEntry("steps", 100.0);
            assertThat(second.getBean(JdbcTemplate.class)
                            .queryForObject(
                                    "select attempts from restart.reward_models where name = 'slow'", Integer.class))
                    .as("stopping in good order is not a failed attempt")
                    .isEqualTo(1);
            assertThat(state(second, "killer").state()).isEqualTo(State.FAILED);
            assertThat(state(second, "killer").failure()).contains("stopped 3 times");
        }
    }

    @Test
    void configuredCheckpointsAreImportedAtTheFirstStart() throws IOException {
        TinyCheckpoint.write(home.resolve("backbone"));
        try (ScoringModel model = new LocalEngine().withScalarHead(home.resolve("backbone"))) {
            model.save(home.resolve("brought"), WeightType.F32);
        }
        String[] imports = {
            "--tribunal.reward.imports.brought-along=hf:brought", "--tribunal.reward.imports.absent=hf:nowhere"
        };
        try (ConfigurableApplicationContext first = start(imports)) {
            assertThat(state(first, "brought-along").state()).isEqualTo(State.READY);
            assertThatThrownBy(() -> state(first, "absent")).hasMessageContaining("no reward model absent@1");
        }
        try (ConfigurableApplicationContext second = start(imports)) {
            assertThat(state(second, "brought-along").state()).isEqualTo(State.READY);
        }
    }

    private static RewardModelResource state(ConfigurableApplicationContext service, String name) {
        return service.getBean(RewardModels.class).get(name, "1");
    }

    private static RewardModelRegistration registration(String name, int epochs) {
        var training = new Training(epochs, 18, 1e-3, 7, null, null, 0.0);
        return new RewardModelRegistration(name, "1", new Train("hf:backbone", "file:pairs.jsonl", training));
    }

    private ConfigurableApplicationContext start(String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of(
                "--server.port=0",
                "--tribunal.http.token=0123456789abcdef",
                "--spring.datasource.url=" + RealPostgres.url(),
                "--spring.datasource.username=" + RealPostgres.user(),
                "--spring.datasource.password=" + RealPostgres.password(),
                "--spring.flyway.schemas=restart",
                "--spring.flyway.default-schema=restart",
                "--spring.jpa.properties.hibernate.default_schema=restart",
                "--tribunal.files.roots=" + home,
                "--tribunal.reward.data=" + home.resolve("reward-models")));
        return new SpringApplicationBuilder(RewardServiceApplication.class)
                .properties("spring.config.name=reward-service")
                .run(arguments.toArray(String[]::new));
    }
}
