package dev.tribunal.reward;

import dev.tribunal.contracts.files.FileRoots;
import dev.tribunal.contracts.http.BodyLimits;
import dev.tribunal.contracts.http.HttpConfiguration;
import dev.tribunal.contracts.http.HttpProperties;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.reward.model.RewardProperties;
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
    BodyLimits bodyLimits(HttpProperties http) {
        return new BodyLimits(http.maxBody(), RewardApi.class);
    }

    @Bean
    FileRoots fileRoots(FilesProperties properties) {
        return properties.fileRoots();
    }
}
