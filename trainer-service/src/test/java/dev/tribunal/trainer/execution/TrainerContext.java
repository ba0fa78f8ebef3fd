package dev.tribunal.trainer.execution;

import dev.tribunal.servicekit.testing.RealPostgres;
import dev.tribunal.trainer.StubServices;
import dev.tribunal.trainer.TinyPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.RestClient;

/**
 * The whole service over a real socket on a real PostgreSQL, with stubs of the judge and reward services; only the
 * training is scripted, by the run's name.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.name=trainer-service",
            "tribunal.http.token=0123456789abcdef",
            "tribunal.trainer.name=trainer-test",
            "tribunal.trainer.concurrency=4",
            "tribunal.trainer.webhook.secrets.hooks=" + TrainerContext.SECRET
        })
@Import(ScriptedTraining.class)
public abstract class TrainerContext {

    /** Of {@code tribunal.trainer.webhook.secrets.hooks}. */
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final Path HOME = home();

    /** By their address, which tells the contexts of several classes apart. */
    private static final Map<String, StubServices> SERVICES = new ConcurrentHashMap<>();

    /** What the service of this test asks. */
    StubServices services;

    @LocalServerPort
    public int port;

    @Autowired
    public ScriptedTraining script;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) throws IOException {
        RealPostgres.register(registry);
        StubServices services = new StubServices();
        SERVICES.put(services.url(), services);
        registry.add("tribunal.files.roots", HOME::toString);
        registry.add("tribunal.trainer.data", () -> HOME.resolve("data").toString());
        registry.add("tribunal.trainer.judge-url", services::url);
        registry.add("tribunal.trainer.reward-url", services::url);
    }

    @BeforeEach
    void findServices(@Value("${tribunal.trainer.judge-url}") String url) {
        services = Objects.requireNonNull(SERVICES.get(url));
    }

    RestClient client() {
        return RestClient.builder()
                .baseUrl("http://127.0.0.1:" + port)
                .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer 0123456789abcdef")
                .defaultStatusHandler(status -> true, (request, response) -> {})
                .build();
    }

    /** A sound spec; a run of this name follows the script's part of the same name. */
    static String spec(String name) {
        return """
                apiVersion: tribunal/v1
                name: %s
                labels: {test: %s}
                policy: {model: "hf:policy", maxNewTokens: 8}
                training: {steps: 3, learningRate: 1.0e-5}
                tasks:
                - name: math
                  prompts: {source: "file:math.jsonl", batchSize: 2, baseline: {generate: reference}}
                  rewardModel: helpfulness
                  judges: [math-answer]
                  method: {type: crpg, klMax: 10}
                  generations: 4
                """.formatted(name, name);
    }

    private static Path home() {
        try {
            Path home = Files.createTempDirectory("trainer");
            TinyPolicy.write(home.resolve("policy"), true);
            Files.writeString(
                    home.resolve("math.jsonl"), "{\"prompt\": \"1+1?\", \"reference\": {\"answer\": \"2\"}}\n");
            Files.writeString(
                    home.resolve("pairs.jsonl"),
                    "{\"prompt\": \"yes?\", \"completion\": \"yes\", \"chosen\": \"yes\", \"rejected\": \"no\"}\n");
            Files.writeString(home.resolve("held-out.jsonl"), "{\"prompt\": \"no yes?\"}\n");
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
