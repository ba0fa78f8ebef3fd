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
 * <p>It answers on port 8090 ({@code --server.port}), asks for a bearer token if {@code tribunal.http.token} is set,
 * and serves {@code /health/live}, {@code /health/ready} and {@code /metrics}. An application of Spring Boot's own
 * needs only a bean of type {@link Judge}.
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
