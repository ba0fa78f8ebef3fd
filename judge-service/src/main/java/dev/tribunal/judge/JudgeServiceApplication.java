package dev.tribunal.judge;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.servicekit.http.BodyLimits;
import dev.tribunal.servicekit.http.HttpConfiguration;
import dev.tribunal.servicekit.http.HttpProperties;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The judge service, configured by {@code judge-service.yml}. */
@SpringBootApplication(
        // Not the SDK's package beside them: the service asks judges, it is not one itself.
        scanBasePackages = {
            "dev.tribunal.judge.llm",
            "dev.tribunal.judge.reward",
            "dev.tribunal.judge.fanout",
            "dev.tribunal.judge.registration",
            "dev.tribunal.judge.builtin",
            "dev.tribunal.judge.registry",
            "dev.tribunal.judge.kubernetes"
        })
@Import(HttpConfiguration.class)
public class JudgeServiceApplication {

    public static void main(String[] arguments) {
        new SpringApplicationBuilder(JudgeServiceApplication.class)
                .properties("spring.config.name=judge-service")
                .run(arguments);
    }

    @Bean
    Engine engine() {
        return new LocalEngine();
    }

    @Bean
    BodyLimits bodyLimits(HttpProperties http) {
        return new BodyLimits(http.maxBody(), JudgeRegistryApi.class, JudgementApi.class);
    }
}
