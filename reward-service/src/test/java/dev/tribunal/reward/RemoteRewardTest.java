package dev.tribunal.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.contracts.common.ScoringServer.OpenRlhf;
import dev.tribunal.contracts.common.ScoringServer.TeiPredict;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Remote;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.RewardModelResource.State;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreRequest.Item;
import dev.tribunal.contracts.reward.v1.ScoreResponse.Result;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.servicekit.http.ServiceClients;
import dev.tribunal.servicekit.testing.RealPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A reward model that is another system's server, through the whole service. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.name=reward-service",
            "tribunal.http.token=0123456789abcdef",
            "tribunal.reward.remote.secrets.their-key=open-sesame",
            "tribunal.reward.remote.secrets.other-key=open-barley",
            "tribunal.reward.remote.secret-hosts.other-key=other.svc"
        })
class RemoteRewardTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private static Path home;

    @LocalServerPort
    private int port;

    @Autowired
    private ServiceClients clients;

    private RewardApi api;
    private HttpServer server;
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();

    /** Status and body for a request. */
    private volatile Function<JsonNode, Answer> script = RemoteRewardTest::lengths;

    private record Answer(int status, String body) {}

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        RealPostgres.register(registry);
        registry.add("tribunal.files.roots", () -> home.toString());
        registry.add("tribunal.reward.data", () -> home.resolve("reward-models").toString());
    }

    @BeforeEach
    void start() throws IOException {
        api = clients.client(RewardApi.class, "http://127.0.0.1:" + port, Duration.ofSeconds(60));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/get_reward", http -> {
            try (http) {
                JsonNode body = JSON.readTree(http.getRequestBody().readAllBytes());
                requests.add(body);
                authorizations.add(String.valueOf(http.getRequestHeaders().getFirst("Authorization")));
                Answer answer = script.apply(body);
                byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
                http.getResponseHeaders().set("Content-Type", "application/json");
                http.sendResponseHeaders(answer.status(), bytes.length);
                http.getResponseBody().write(bytes);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** The reward is the query's length. */
    private static Answer lengths(JsonNode body) {
        return new Answer(
                200,
                body.path("query").values().stream()
                        .map(query -> Integer.toString(query.asString().length()))
                        .collect(Collectors.joining(",", "{\"rewards\":[", "]}")));
    }

    @Test
    void aModelOfOneTeamIsNotThereForAnotherAndNeitherIsItsName() {
        Caller blue = new Caller("bo", Set.of("blue"), "blue");
        Caller red = new Caller("ria", Set.of("red"), "red");
        blue.run(() -> register("blues", remote(null, null)));
        register("default-one", remote(null, null));

        assertThat(api.get("blues", "1").namespace()).isEqualTo("blue");
        assertThat(names(blue)).contains("blues");
        assertThat(names(red)).doesNotContain("blues");
        List<Supplier<?>> refused = List.of(
                () -> api.get("blues", "1"),
                () -> api.get("blues", "latest"),
                () -> api.score("blues", "1", new ScoreRequest(null, List.of(item("a", "b")))));
        assertThat(refused).allSatisfy(call -> assertThat(status(red, call)).isEqualTo(404));
        assertThat(blue.run(() -> score("blues", List.of(item("a", "b"))))).hasSize(1);
        assertThat(status(red, () -> api.register(new RewardModelRegistration("blues", "2", remote(null, null)))))
                .isEqualTo(409);
        assertThat(api.register(new RewardModelRegistration("blues", "2", remote(null, null)))
                        .namespace())
                .isEqualTo("blue");
        assertThat(api.get("default-one", "1").namespace()).isEqualTo("default");
    }

    private List<String> names(Caller caller) {
        return caller.run(() -> api.list(null, 1000)).data().stream()
                .map(RewardModelResource::name)
                .toList();
    }

    private static int status(Caller caller, Supplier<?> call) {
        UpstreamException refused = catchThrowableOfType(
                UpstreamException.class,
                () -> caller.run(() -> {
                    call.get();
                    return null;
                }));
        return refused.code().status().value();
    }

    @Test
    void aServerOfAnotherSystemScoresInOrderAndInBatches() {
        RewardModelResource model = register("lengths", remote("their-key", 16));
        assertThat(model.state()).isEqualTo(State.READY);
        assertThat(model.digest()).matches("sha256:[0-9a-f]{64}");
        assertThat(model.path()).isNull();
        requests.clear();

        List<Result> results = score(
                "lengths",
                IntStream.range(0, 100)
                        .mapToObj(i -> item("i" + i, "x".repeat(i)))
                        .toList());

        assertThat(results)
                .extracting(Result::score)
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).mapToObj(i -> i + 2.0).toList());
        assertThat(requests).hasSize(7);
        assertThat(authorizations).containsOnly("Bearer open-sesame");
    }

    @Test
    void aScoreThatIsNoNumberIsAnErrorOfItsItemAlone() {
        register("holes", remote(null, null));
        script = body -> new Answer(200, "{\"rewards\": [1.5, NaN, null]}");

        List<Result> results = score("holes", List.of(item("a", "a"), item("b", "b"), item("c", "c")));

        assertThat(results.get(0).score()).isEqualTo(1.5);
        assertThat(results.get(1).error().code()).isEqualTo("non_finite_score");
        assertThat(results.get(2).error().code()).isEqualTo("missing_score");
    }

    @Test
    void aMomentOfOverloadIsWaitedForAndAnotherErrorIsEveryItems() {
        register("busy", remote(null, null));
        List<Answer> answers = new CopyOnWriteArrayList<>(List.of(new Answer(503, "{}"), new Answer(429, "{}")));
        script = body -> answers.isEmpty() ? lengths(body) : answers.removeFirst();
        assertThat(score("busy", List.of(item("a", "abc"))).getFirst().score()).isEqualTo(5.0);

        script = body -> new Answer(400, "{\"error\":\"too long\"}");
        Result refused = score("busy", List.of(item("a", "abc"))).getFirst();
        assertThat(refused.score()).isNull();
        assertThat(refused.error().code()).isEqualTo("http_400");
        assertThat(refused.error().detail()).contains("too long");
    }

    @Test
    void aServerThatGivesNoScoreIsNotReady() {
        script = body -> new Answer(200, "{\"rewards\": []}");

        RewardModelResource failed = register("silent", remote(null, null));

        assertThat(failed.state()).isEqualTo(State.FAILED);
        assertThat(failed.failure()).contains("wrong_count").contains(url());
    }

    @Test
    void allMistakesAreNamed() {
        Remote wrong = new Remote(
                "http://169.254.169.254/", new TeiPredict(null, "{{x}}", null, null, null), "no-such", 0, 5_000);

        UpstreamException refused = catchThrowableOfType(
                UpstreamException.class, () -> api.register(new RewardModelRegistration("wrong", "1", wrong)));

        assertThat(refused.errors())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder(
                        "/source/url",
                        "/source/server/text",
                        "/source/secretRef",
                        "/source/timeoutMs",
                        "/source/maxBatchItems");
    }

    @Test
    void aSecretIsSentToItsHostsOnly() {
        UpstreamException refused = catchThrowableOfType(
                UpstreamException.class,
                () -> api.register(new RewardModelRegistration("wrong", "1", remote("other-key", null))));

        assertThat(refused.errors()).singleElement().satisfies(error -> {
            assertThat(error.pointer()).isEqualTo("/source/secretRef");
            assertThat(error.detail()).contains("[other.svc] only");
        });
    }

    private RewardModelResource register(String name, Remote remote) {
        api.register(new RewardModelRegistration(name, "1", remote));
        return await().atMost(Duration.ofSeconds(30))
                .until(() -> api.get(name, "1"), model -> model.state() != State.PREPARING);
    }

    private Remote remote(
            @org.jspecify.annotations.Nullable String secretRef, @org.jspecify.annotations.Nullable Integer batch) {
        ScoringServer openRlhf = new OpenRlhf(null, null, null);
        return new Remote(url(), openRlhf, secretRef, 20_000, batch);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/get_reward";
    }

    private List<Result> score(String name, List<Item> items) {
        return api.score(name, "1", new ScoreRequest("r1", items)).results();
    }

    private static Item item(String itemId, String completion) {
        return new Item(itemId, List.of(Message.user("hi")), completion);
    }
}
