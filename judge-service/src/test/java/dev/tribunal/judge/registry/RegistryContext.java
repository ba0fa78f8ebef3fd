package dev.tribunal.judge.registry;

import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.JudgeServiceApplication;
import dev.tribunal.servicekit.http.ServiceClients;
import dev.tribunal.servicekit.testing.RealPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.json.JsonMapper;

/** The whole service over HTTP, with a trainer to ask; it looks at its judges all the time. */
@SpringBootTest(
        classes = JudgeServiceApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.name=judge-service",
            "tribunal.http.token=" + RegistryContext.TOKEN,
            "tribunal.judge.look-every=100ms",
            "tribunal.judge.canary-every=0",
            "tribunal.files.roots=..",
            "logging.level.dev.tribunal=debug",
            "tribunal.judge.secrets.swear-token=" + RegistryContext.SECRET,
            "tribunal.judge.secrets.other-token=another-secret-word",
            "tribunal.judge.secret-hosts.other-token=other.judges.svc"
        })
public abstract class RegistryContext {

    static final String TOKEN = "0123456789abcdef";
    static final String SECRET = "open-sesame-and-no-other-word";
    static final StubTrainer TRAINER = new StubTrainer();

    @LocalServerPort
    private int port;

    @Autowired
    private JsonMapper json;

    RestClient rest;
    protected JudgeRegistryApi judges;
    private JudgementApi judgements;

    @DynamicPropertySource
    static void surroundings(DynamicPropertyRegistry properties) {
        RealPostgres.register(properties);
        properties.add("tribunal.judge.trainer-url", TRAINER::url);
    }

    @BeforeEach
    void connect() {
        String url = "http://127.0.0.1:" + port;
        ServiceClients clients = new ServiceClients(TOKEN, json);
        rest = clients.restClient(url, Duration.ofMinutes(1));
        judges = clients.client(JudgeRegistryApi.class, url, Duration.ofMinutes(1));
        judgements = clients.client(JudgementApi.class, url, Duration.ofMinutes(1));
    }

    /** A name that no other test has. */
    protected static String name() {
        return "judge-" + UUID.randomUUID().toString().substring(0, 8);
    }

    protected JudgeResource awaitState(String name, String version, State state) {
        return await().atMost(Duration.ofSeconds(60))
                .until(() -> judges.get(name, version), judge -> judge.state() == state);
    }

    JudgeVerdict verdict(String name, String version, String text) {
        return judgements
                .judge(new JudgementRequest(
                        "jr_1",
                        null,
                        List.of(new JudgeReference(name, version, Map.of())),
                        List.of(NoSwearing.item("a", text))))
                .items()
                .getFirst()
                .verdicts()
                .getFirst();
    }
}
