package dev.tribunal.servicekit.http;

import dev.tribunal.servicekit.error.ProblemHandler;
import dev.tribunal.servicekit.error.ProblemWriter;
import dev.tribunal.servicekit.error.RequestId;
import dev.tribunal.servicekit.input.SentRequests;
import dev.tribunal.servicekit.trace.TraceConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.json.JsonMapper;

/** What a service does the same way as all others, with a token or without: problems, request ids, limits, traces. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpProperties.class)
@Import(TraceConfiguration.class)
public class HttpManners {

    @Bean
    ProblemHandler problemHandler(@Value("${spring.application.name:service}") String service, ProblemWriter problems) {
        return new ProblemHandler(service, problems);
    }

    @Bean
    ProblemWriter problemWriter(JsonMapper json) {
        return new ProblemWriter(json);
    }

    @Bean
    ErrorPath errorPath(ProblemWriter problems) {
        return new ErrorPath(problems);
    }

    @Bean
    RequestId requestId() {
        return new RequestId();
    }

    /** @param limits of a service whose contract bounds some bodies */
    @Bean
    RequestGuard requestGuard(ObjectProvider<BodyLimits> limits, HttpProperties properties, ProblemWriter problems) {
        return new RequestGuard(
                limits.getIfAvailable(() -> new BodyLimits(properties.maxBody())),
                properties.clientPatience(),
                problems);
    }

    @Bean
    ServerSettings serverSettings(HttpProperties properties, ProblemWriter problems) {
        return new ServerSettings(properties.clientIdle(), properties.keepAlive(), problems);
    }

    @Bean
    QueryParameters queryParameters() {
        return new QueryParameters();
    }

    @Bean
    SentRequests sentRequests(JsonMapper json) {
        return new SentRequests(json);
    }

    @Bean
    UnicodeText unicodeText() {
        return new UnicodeText();
    }
}
