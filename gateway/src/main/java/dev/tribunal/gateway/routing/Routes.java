package dev.tribunal.gateway.routing;

import static org.springframework.cloud.gateway.server.mvc.filter.BeforeFilterFunctions.uri;
import static org.springframework.cloud.gateway.server.mvc.handler.GatewayRouterFunctions.route;
import static org.springframework.cloud.gateway.server.mvc.handler.HandlerFunctions.http;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardEvaluationsApi;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonsApi;
import dev.tribunal.contracts.runs.v1.generation.GenerationsApi;
import dev.tribunal.contracts.runs.v1.label.LabelsApi;
import dev.tribunal.contracts.runs.v1.lineage.LineageApi;
import dev.tribunal.contracts.runs.v1.method.MethodsApi;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementsApi;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.servicekit.http.BodyLimits;
import dev.tribunal.servicekit.http.HttpProperties;
import java.net.URI;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/** Which service serves which path. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GatewayProperties.class)
class Routes {

    @Bean
    RouterFunction<ServerResponse> services(GatewayProperties properties) {
        return to(
                        "trainer",
                        properties.trainerUrl(),
                        "/v1/runs/**",
                        "/v1/comparisons/**",
                        "/v1/generations/**",
                        "/v1/metrics",
                        "/v1/methods/**")
                .and(to("judge", properties.judgeUrl(), "/v1/judges/**", "/v1/judgements/**", "/v1/judge-templates"))
                .and(to("reward", properties.rewardUrl(), "/v1/reward-models/**"));
    }

    /** As the services have them: a body that is too large is refused before it is passed on. */
    @Bean
    BodyLimits bodyLimits(HttpProperties http) {
        return new BodyLimits(
                http.maxBody(),
                RunsApi.class,
                LabelsApi.class,
                LineageApi.class,
                ComparisonsApi.class,
                RejudgementsApi.class,
                GenerationsApi.class,
                MethodsApi.class,
                JudgeRegistryApi.class,
                JudgementApi.class,
                RewardApi.class,
                RewardEvaluationsApi.class);
    }

    private static RouterFunction<ServerResponse> to(String service, URI url, String... patterns) {
        RequestPredicate anyOf = Stream.of(patterns)
                .map(RequestPredicates::path)
                .reduce(RequestPredicate::or)
                .orElseThrow();
        return route(service).route(anyOf, http()).before(uri(url)).build();
    }
}
