package dev.tribunal.judge.sdk;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Serves a judge: {@code public static void main(String[] args) { JudgeServer.start(new MyJudge(), args); }}.
 *
 * <p>It answers on port 8090, on all addresses. Settings are Spring Boot's, as environment variables or arguments:
 *
 * <ul>
 *   <li>{@code TRIBUNAL_HTTP_TOKEN}, {@code --tribunal.http.token}: only this bearer token is answered
 *   <li>{@code SERVER_PORT}, {@code --server.port}; {@code SERVER_ADDRESS}, {@code --server.address}
 *   <li>{@code TRIBUNAL_JUDGE_MAXBODY} (16MB), {@code TRIBUNAL_JUDGE_MAXINFLIGHT} (64 batches)
 *   <li>{@code LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs}: log lines as JSON
 * </ul>
 *
 * <p>Beside judge/v1 it serves {@code /health/live}, {@code /health/ready}, {@code /metrics} and {@code /openapi.json}.
 * When it is told to stop it finishes the requests it has. An application of Spring Boot's own needs only a bean of type
 * {@link Judge}.
 */
public final class JudgeServer {

    private JudgeServer() {}

    /** @param args Spring Boot's, for example {@code --server.port=9000} */
    public static ConfigurableApplicationContext start(Judge judge, String... args) {
        SpringApplication application = new SpringApplication(Application.class);
        Map<String, Object> defaults = new HashMap<>();
        defaults.put("spring.config.import", "classpath:tribunal-service.yml");
        defaults.put("spring.application.name", judge.descriptor().name());
        defaults.put("server.port", "8090");
        defaults.put("management.endpoint.health.group.ready.include", "readinessState");
        defaults.put("tribunal.http.open-paths", OpenApiController.PATH);
        // A number left out is reported with its pointer, together with all other mistakes.
        defaults.put("spring.jackson.deserialization.fail-on-null-for-primitives", "false");
        application.setDefaultProperties(defaults);
        application.addInitializers(
                context -> ((GenericApplicationContext) context).registerBean(Judge.class, () -> judge));
        return application.run(args);
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}
}
