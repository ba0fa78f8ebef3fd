package dev.tribunal.reward;

import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardEvaluationsApi;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.reward.model.RewardProperties;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.http.BodyLimits;
import dev.tribunal.servicekit.http.HttpConfiguration;
import dev.tribunal.servicekit.http.HttpProperties;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The reward service, configured by {@code reward-service.yml}. */
@SpringBootApplication
@Import(HttpConfiguration.class)
@EnableConfigurationProperties({FilesProperties.class, RewardProperties.class})
public class RewardServiceApplication {

    public static void main(String[] arguments) {
        new SpringApplicationBuilder(RewardServiceApplication.class)
                .properties("spring.config.name=reward-service")
                .run(arguments);
    }

    @Bean
    Engine engine() {
        return new LocalEngine();
    }

    @Bean
    BodyLimits bodyLimits(HttpProperties http) {
        return new BodyLimits(http.maxBody(), RewardApi.class, RewardEvaluationsApi.class);
    }

    @Bean
    FileRoots fileRoots(FilesProperties properties) {
        return properties.fileRoots();
    }
}
