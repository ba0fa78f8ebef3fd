package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.http.HttpConfiguration;
import dev.tribunal.contracts.http.ProblemHandler;
import dev.tribunal.contracts.http.RequestId;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Makes an application with a {@link Judge} bean a service that speaks judge/v1. */
@AutoConfiguration
@ConditionalOnBean(Judge.class)
class JudgeAutoConfiguration {

    @Bean
    JudgeController judgeController(Judge judge) {
        return new JudgeController(judge);
    }

    /** With {@code tribunal.http.token} set, only its bearer is answered. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("tribunal.http.token")
    @Import(HttpConfiguration.class)
    static class Guarded {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "tribunal.http.token", matchIfMissing = true, havingValue = "\0")
    static class Open {

        @Bean
        @ConditionalOnMissingBean
        ProblemHandler problemHandler() {
            return new ProblemHandler();
        }

        @Bean
        @ConditionalOnMissingBean
        RequestId requestId() {
            return new RequestId();
        }
    }
}
