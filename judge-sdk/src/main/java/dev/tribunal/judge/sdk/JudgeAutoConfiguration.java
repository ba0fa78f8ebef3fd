package dev.tribunal.judge.sdk;

import dev.tribunal.servicekit.http.BodyLimits;
import dev.tribunal.servicekit.http.HttpConfiguration;
import dev.tribunal.servicekit.http.HttpManners;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Makes an application with a {@link Judge} bean a service that speaks judge/v1. */
@AutoConfiguration(beforeName = "org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration")
@ConditionalOnBean(Judge.class)
@EnableConfigurationProperties(JudgeProperties.class)
class JudgeAutoConfiguration {

    @Bean
    Evaluations judgeEvaluations(Judge judge, JudgeProperties properties) {
        return new Evaluations(judge, properties.maxInFlight());
    }

    @Bean
    JudgeController judgeController(Judge judge, Evaluations evaluations, ObjectProvider<MeterRegistry> meters) {
        MeterRegistry registry = meters.getIfAvailable(SimpleMeterRegistry::new);
        return new JudgeController(
                judge, evaluations, new JudgeMetrics(registry, judge.descriptor(), evaluations::atWork));
    }

    @Bean
    OpenApiController judgeOpenApiController(Judge judge) {
        return new OpenApiController(judge);
    }

    @Bean
    BodyLimits judgeBodyLimits(JudgeProperties properties) {
        return new BodyLimits(properties.maxBody());
    }

    @Bean
    TraceContext judgeTraceContext() {
        return new TraceContext();
    }

    /** With {@code tribunal.http.token} set, only its bearer is answered. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("tribunal.http.token")
    @Import(HttpConfiguration.class)
    static class Guarded {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "tribunal.http.token", matchIfMissing = true, havingValue = "\0")
    @Import(HttpManners.class)
    static class Open {}
}
