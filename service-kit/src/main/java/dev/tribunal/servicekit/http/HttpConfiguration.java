package dev.tribunal.servicekit.http;

import dev.tribunal.servicekit.caller.CallerFilter;
import dev.tribunal.servicekit.error.ProblemWriter;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.json.JsonMapper;

/**
 * Imported by every service behind the gateway: the manners, the services' token, for whom requests are, and clients of
 * the other services.
 */
@Configuration(proxyBeanMethods = false)
@Import(HttpManners.class)
public class HttpConfiguration {

    @Bean
    BearerToken bearerToken(HttpProperties properties, ProblemWriter problems) {
        List<String> open = Stream.concat(Stream.of("/health/**"), properties.openPaths().stream())
                .toList();
        return new BearerToken(properties.requiredToken(), properties.metricsToken(), open, problems);
    }

    @Bean
    CallerFilter callerFilter(ProblemWriter problems) {
        return new CallerFilter(problems);
    }

    @Bean
    ServiceClients serviceClients(HttpProperties properties, JsonMapper json) {
        return ServiceClients.betweenServices(properties.requiredToken(), json);
    }
}
