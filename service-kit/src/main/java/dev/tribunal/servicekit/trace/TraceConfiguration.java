package dev.tribunal.servicekit.trace;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Traces of a service. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TraceProperties.class)
public class TraceConfiguration {

    @Bean
    Traces traces(@Value("${spring.application.name:service}") String service, TraceProperties properties) {
        return Traces.of(service, properties);
    }

    @Bean
    TraceFilter traceFilter(Traces traces) {
        return new TraceFilter(traces);
    }
}
