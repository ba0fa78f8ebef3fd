package dev.tribunal.contracts.http;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Imported by every service: problems, request ids, the bearer token, and clients of the other services. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpProperties.class)
public class HttpConfiguration {

    @Bean
    ProblemHandler problemHandler() {
        return new ProblemHandler();
    }

    @Bean
    ProblemWriter problemWriter(JsonMapper json) {
        return new ProblemWriter(json);
    }

    @Bean
    RequestId requestId() {
        return new RequestId();
    }

    @Bean
    BearerToken bearerToken(HttpProperties properties, ProblemWriter problems) {
        List<String> open = Stream.concat(Stream.of("/health/**"), properties.openPaths().stream()).toList();
        return new BearerToken(properties.requiredToken(), open, problems);
    }

    @Bean
    ServiceClients serviceClients(HttpProperties properties, JsonMapper json) {
        return new ServiceClients(properties.requiredToken(), json);
    }
}
