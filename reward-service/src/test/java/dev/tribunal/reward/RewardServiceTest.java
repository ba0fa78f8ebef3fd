package dev.tribunal.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardEvaluation;
import dev.tribunal.contracts.reward.v1.RewardEvaluationRequest;
import dev.tribunal.contracts.reward.v1.RewardEvaluationsApi;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Import;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Source;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Train;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Training;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.contracts.reward.v1.RewardModelResource.State;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreRequest.Item;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.reward.v1.ScoreResponse.Result;
import dev.tribunal.contracts.reward.v1.ScoreResponse.ScoreError;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.servicekit.http.ServiceClients;
import dev.tribunal.servicekit.testing.RealPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service over a real socket, on a real PostgreSQL, with a real checkpoint. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.config.name=reward-service", "tribunal.http.token=0123456789abcdef"})
class RewardServiceTest {

    private static final Training QUICK = new Training(6, 16, 1e-2, 7, null, 5, 0.2);

    @TempDir
    private static Path home;

    @LocalServerPort
    private int port;

    @Autowired
    private ServiceClients clients;

    @Autowired
    private JsonMapper json;

    @Autowired
    private AbstractPlatformTransactionManager transactions;

    private RewardApi api;
    private RewardEvaluationsApi measured;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        RealPostgres.register(registry);
        registry.add("tribunal.files.roots", () -> home.toString());
        registry.add("tribunal.reward.data", () -> home.resolve("reward-models").toString());
    }

    @BeforeAll
    static void writeFiles() throws IOException {
        TinyCheckpoint.write(home.resolve("backbone"));
        Files.writeString(home.resolve("pairs.jsonl"), pairs(120));
    }

    @BeforeEach
    void connect() {
        api = clients.client(RewardApi.class, "http://127.0.0.1:" + port, Duration.ofSeconds(30));
        measured = clients.client(RewardEvaluationsApi.class, "http://127.0.0.1:" + port, Duration.ofSeconds(30));
    }

    @Test
    void aPreferenceThatCanBeToldApartIsLearned() {
        RewardModelResource trained = ready("kindness", "1", train("pairs.jsonl", QUICK));

        assertThat(trained.metrics().get("validationAccuracy")).isGreaterThan(0.9);
        assertThat(trained.metrics().get("validationLoss")).isLessThan(0.3);
        assertThat(trained.metrics())
                .containsEntry("trainingPairs", 96.0)
                .containsEntry("validationPairs", 24.0)
                .containsEntry("pairsTooLong", 0.0)
                .containsEntry("steps", 36.0)
                .containsKeys("trainingLoss", "trainingAccuracy", "seconds");
        assertThat(trained.digest()).isNotBlank();
        assertThat(trained.progress()).isEqualTo(1);
        assertThat(Path.of(trained.path()).resolve("model.safetensors")).exists();

        ScoreResponse scores = api.score(
                "kindness",
                "latest",
                new ScoreRequest(
                        "r1",
                        List.of(
                                item("rude", "never the house"),
                                item("empty", ""),
                                item("long", "river ".repeat(TinyCheckpoint.POSITIONS)),
                                item("nice", "gladly the river runs here"))));

        assertThat(scores.requestId()).isEqualTo("r1");
        assertThat(scores.version()).isEqualTo("1");
        assertThat(scores.results().stream().map(Result::itemId)).containsExactly("rude", "empty", "long", "nice");
        assertThat(scores.results().get(3).score())
                .isGreaterThan(scores.results().get(0).score() + 1);
        assertThat(scores.results().get(1).score())
                .as("an empty answer is scored like any other")
                .isNotNull();
        assertThat(scores.results().get(2).error().detail()).contains("at most 32");
    }

    @Test
    void theSameTrainingGivesTheSameWeights() {
        var twice = new Training(1, 16, 1e-2, 3, null, null, null);

        assertThat(ready("same", "1", train("pairs.jsonl", twice)).digest())
                .isEqualTo(ready("same", "2", train("pairs.jsonl", twice)).digest());
    }

    @Test
    void aTrainedCheckpointCanBeImportedAndScoresAlike() {
        ready("origin", "1", train("pairs.jsonl", new Training(1, 16, 1e-2, 7, null, null, 0.0)));

        ready("copy", "1", new Import("hf:reward-models/origin/1"));

        var request = new ScoreRequest("r", List.of(item("a", "gladly here"), item("b", "no train today")));
        assertThat(api.score("copy", "1", request).results())
                .isEqualTo(api.score("origin", "1", request).results());
    }

    @Test
    void aVersionIsCreatedWithItsPlaceAndNeverChanges() {
        var registration = new RewardModelRegistration("fixed", "1", train("pairs.jsonl", QUICK));

        ResponseEntity<JsonNode> created = post("/v1/reward-models", registration);

        assertThat(created.getStatusCode()).isEqualTo(HttpStatus.CREATED);
        assertThat(created.getHeaders().getFirst(HttpHeaders.LOCATION)).isEqualTo("/v1/reward-models/fixed/versions/1");
        assertThat(created.getBody().path("state").asString()).isEqualTo("preparing");
        assertThat(api.register(registration).createdAt().toString())
                .isEqualTo(created.getBody().path("createdAt").asString());
        var another = new RewardModelRegistration(
                "fixed", "1", train("pairs.jsonl", new Training(1, 16, 1e-2, 7, null, null, null)));
        assertThat(refusal(() -> api.register(another)).code().code()).isEqualTo("reward_model_exists");
        awaitState("fixed", "1", State.READY);
        assertThat(refusal(() -> api.register(another)).code().status()).isEqualTo(HttpStatus.CONFLICT);
    }

    @Test
    void allMistakesOfARegistrationAreNamedAtOnce() throws IOException {
        Files.writeString(home.resolve("broken.jsonl"), pairs(2) + "{\"prompt\": \"x\", \"chosen\": \"y\"}\n");
        var registration = new RewardModelRegistration(
                "No Name",
                "latest",
                new Train("hf:nowhere", "file:broken.jsonl", new Training(0, 16, 0, 7, -1.0, null, 0.9)));

        List<FieldError> errors = refusal(() -> api.register(registration)).errors();

        assertThat(errors.stream().map(FieldError::pointer))
                .containsExactly(
                        "/name",
                        "/source/training/epochs",
                        "/source/training/learningRate",
                        "/source/training/gradientClip",
                        "/source/training/validationShare",
                        "/version",
                        "/source/backbone",
                        "/source/pairs");
        assertThat(errors.get(6).detail()).contains("nowhere does not exist");
        assertThat(errors.get(7).detail()).contains("line 3: 'rejected' is missing");
    }

    @Test
    void whatIsLeftOutIsReportedWithItsPointer() {
        ResponseEntity<JsonNode> answer = post(
                "/v1/reward-models",
                Map.of(
                        "name",
                        "gaps",
                        "version",
                        "1",
                        "source",
                        Map.of("type", "train", "training", Map.of("epochs", 1))));

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(answer.getBody()
                        .path("errors")
                        .valueStream()
                        .map(error -> error.path("pointer").asString()))
                .containsExactly(
                        "/source/backbone",
                        "/source/training/batchSize",
                        "/source/training/learningRate",
                        "/source/pairs");
    }

    @Test
    void aNameThatNoDatabaseTakesIsAMistakeLikeAnyOther() {
        ResponseEntity<JsonNode> answer = post(
                "/v1/reward-models",
                Map.of("name", "a\0b", "version", "1", "source", Map.of("type", "import", "model", "hf:nowhere")));

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(answer.getBody()
                        .path("errors")
                        .valueStream()
                        .map(error -> error.path("pointer").asString()))
                .containsExactly("/name", "/source/model");
    }

    @Test
    void pairsThatCannotTeachAreRefused() throws IOException {
        String one = "{\"prompt\": \"the train\", \"chosen\": \"gladly\", \"rejected\": \"never\"}\n";
        String turned = "{\"prompt\": \"the train\", \"chosen\": \"never\", \"rejected\": \"gladly\"}\n";

        assertThat(refusalOfPairs(one))
                .contains("has 1 pair, of which 1 is usable")
                .contains("At least 10 are needed");
        assertThat(refusalOfPairs(pairs(3))).contains("has 3 pairs, of which 3 are usable");
        assertThat(refusalOfPairs((one + turned).repeat(50)))
                .contains("has 100 pairs, of which 0 are usable; 100 contradict each other")
                .contains("98 repeat an earlier one");
        assertThat(refusalOfPairs(one.repeat(50))).contains("has 50 pairs, of which 1 is usable; 49 repeat");
    }

    private String refusalOfPairs(String lines) throws IOException {
        Files.writeString(home.resolve("few.jsonl"), lines);
        var registration = new RewardModelRegistration("few", "1", train("few.jsonl", QUICK));
        List<FieldError> errors = refusal(() -> api.register(registration)).errors();
        assertThat(errors).extracting(FieldError::pointer).containsExactly("/source/pairs");
        return errors.getFirst().detail();
    }

    @Test
    void whatIsDoubtfulIsSaidAtOnceAndWhenItIsReady() throws IOException {
        String contradiction = """
                {"prompt": "a", "chosen": "no", "rejected": "thanks"}
                {"prompt": "a", "chosen": "thanks", "rejected": "no"}
                """;
        Files.writeString(home.resolve("doubtful.jsonl"), pairs(40) + pairs(1) + contradiction);
        var source = train("doubtful.jsonl", new Training(40, 512, 1e-2, 7, null, 50, 0.2));

        RewardModelResource registered = api.register(new RewardModelRegistration("doubtful", "1", source));
        RewardModelResource ready = awaitState("doubtful", "1", State.READY);

        String[] types = {
            "few-pairs", "contradicting-pairs", "repeated-pairs", "batch-larger-than-data", "warmup-never-ends"
        };
        assertThat(registered.conditions()).extracting(Condition::type).containsExactly(types);
        assertThat(ready.conditions()).extracting(Condition::type).contains(types);
        assertThat(ready.conditions().get(1).message()).startsWith("2 of 43 pairs contradict another one");
        assertThat(ready.metrics()).containsKeys("trainedAccuracy", "trainedPairs");
    }

    @Test
    void pairsThatContradictEachOtherOnlyAsTokensFail() throws IOException {
        // The backbone does not know the numbers: to it all prompts are the same one.
        Files.writeString(
                home.resolve("as-tokens.jsonl"),
                IntStream.range(0, 40)
                        .mapToObj(i -> "{\"prompt\": \"%d\", \"chosen\": \"%s\", \"rejected\": \"%s\"}"
                                .formatted(i, i % 2 == 0 ? "gladly" : "never", i % 2 == 0 ? "never" : "gladly"))
                        .collect(Collectors.joining("\n")));
        api.register(new RewardModelRegistration("as-tokens", "1", train("as-tokens.jsonl", QUICK)));

        RewardModelResource failed = awaitState("as-tokens", "1", State.FAILED);

        assertThat(failed.failure()).contains("no better than chance");
    }

    @Test
    void aHeadThatIsMissingOrOfOtherLabelsIsRefused() throws IOException {
        TinyCheckpoint.write(home.resolve("headless"));
        Path configuration = home.resolve("headless/config.json");
        String language = Files.readString(configuration);
        Files.writeString(
                configuration,
                language.replace("LlamaForCausalLM", "LlamaForSequenceClassification")
                        .replaceFirst("\\{", "{\"num_labels\": 1,"));

        assertThat(refusalOfImport("hf:headless")).contains("score.weight");

        try (ScoringModel scoring = new LocalEngine().withScalarHead(home.resolve("backbone"))) {
            scoring.save(home.resolve("one-label"), WeightType.F32);
        }
        assertThat(refusalOfImport("hf:backbone")).contains("without a head of scores");
        assertThat(Files.readString(home.resolve("one-label/config.json"))).contains("num_labels");
        Files.writeString(
                home.resolve("one-label/config.json"),
                Files.readString(home.resolve("one-label/config.json"))
                        .replaceAll("\"num_labels\"\\s*:\\s*1", "\"num_labels\": 2")
                        .replaceAll("(?s)\"(id2label|label2id)\"\\s*:\\s*\\{[^}]*},", ""));
        assertThat(refusalOfImport("hf:one-label")).contains("score.weight");
    }

    private String refusalOfImport(String model) {
        var registration = new RewardModelRegistration("imported", "1", new Import(model));
        List<FieldError> errors = refusal(() -> api.register(registration)).errors();
        assertThat(errors).extracting(FieldError::pointer).containsExactly("/source/model");
        return errors.getFirst().detail();
    }

    @Test
    void aBrokenCheckpointIsRefused() throws IOException {
        TinyCheckpoint.write(home.resolve("cut-off"));
        Path weights = home.resolve("cut-off/model.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(whole, whole.length / 2));

        assertThat(refusal(() -> api.register(new RewardModelRegistration("cut", "1", new Import("hf:cut-off"))))
                        .errors())
                .singleElement()
                .satisfies(error -> assertThat(error.detail()).contains("model.safetensors"));
        assertThat(refusal(() -> api.register(new RewardModelRegistration("cut", "1", new Import("hf:backbone"))))
                        .errors())
                .singleElement()
                .satisfies(error -> assertThat(error.detail()).contains("not a sequence-classification checkpoint"));
    }

    @Test
    void aVersionThatFailedSaysWhyAndMayBeRegisteredAgain() throws IOException {
        Files.writeString(
                home.resolve("long.jsonl"),
                IntStream.range(0, 12)
                        .mapToObj("{\"prompt\": \"%s %%d\", \"chosen\": \"a\", \"rejected\": \"b\"}"
                                .formatted("river ".repeat(40))::formatted)
                        .collect(Collectors.joining("\n")));
        api.register(new RewardModelRegistration("again", "1", train("long.jsonl", QUICK)));

        RewardModelResource failed = awaitState("again", "1", State.FAILED);

        assertThat(failed.failure()).contains("longer than the backbone's 32 positions");
        var request = new ScoreRequest("r", List.of(item("a", "gladly")));
        assertThat(refusal(() -> api.score("again", "1", request)))
                .hasMessageContaining("longer than")
                .satisfies(refusal -> assertThat(refusal.code().code()).isEqualTo("reward_model_not_ready"));
        assertThat(refusal(() -> api.score("again", "latest", request)).code().status())
                .isEqualTo(HttpStatus.NOT_FOUND);
        ready("again", "1", train("pairs.jsonl", new Training(1, 16, 1e-2, 7, null, null, null)));
    }

    /** RewardBench's form: a subset that the reward model was taught, and one with the labels turned around. */
    @Test
    void aVersionIsMeasuredOnABenchmarkBySubset() throws IOException {
        ready("judged", "1", train("pairs.jsonl", QUICK));
        String kind = "{\"prompt\": \"the train %d\", \"chosen\": \"gladly the river\","
                + " \"rejected\": \"never the river here\", \"subset\": \"kind\", \"id\": %d}";
        String turned = "{\"prompt\": \"a house %d\", \"chosen\": \"never the house\","
                + " \"rejected\": \"kindly the house\", \"subset\": \"turned\", \"id\": %d}";
        String tooLong = "{\"prompt\": \"p\", \"chosen\": \"%s\", \"rejected\": \"no\", \"subset\": \"kind\"}"
                .formatted("river ".repeat(TinyCheckpoint.POSITIONS));
        Files.writeString(
                home.resolve("bench.jsonl"),
                IntStream.range(0, 90)
                                .mapToObj(i -> i < 60 ? kind.formatted(i, i) : turned.formatted(i, i))
                                .collect(Collectors.joining("\n"))
                        + "\n" + tooLong);

        RewardEvaluation begun = measured.evaluate("judged", "latest", new RewardEvaluationRequest("file:bench.jsonl"));
        RewardEvaluation done = await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> measured.evaluation("judged", "1", begun.id()),
                        evaluation -> evaluation.state() != RewardEvaluation.State.RUNNING);

        assertThat(done.failure()).isNull();
        RewardEvaluation.Report report = Objects.requireNonNull(done.report());
        assertThat(report.subsets())
                .extracting(RewardEvaluation.Accuracy::subset, RewardEvaluation.Accuracy::value)
                .containsExactly(tuple("kind", 1.0), tuple("turned", 0.0));
        assertThat(report.subsets())
                .extracting(RewardEvaluation.Accuracy::pairs)
                .containsExactly(60, 30);
        assertThat(report.all().value()).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(report.all().low()).isBetween(.55, 2 / 3.0);
        assertThat(report.meanOfSubsets()).isEqualTo(.5);
        assertThat(report.unscored()).isEqualTo(1);
        assertThat(report.longerPreferred()).isZero();
        assertThat(done.digest()).hasSize(64);
        assertThat(measured.evaluations("judged", "1", null, 10).data()).containsExactly(done);
        assertThat(refusal(() -> measured.evaluation("judged", "1", "x")).code().code())
                .isEqualTo("evaluation_not_found");
        assertThat(refusal(() -> measured.evaluate("judged", "1", new RewardEvaluationRequest("file:absent.jsonl")))
                        .errors())
                .extracting(FieldError::pointer)
                .containsExactly("/data");
    }

    @Test
    void anEvaluationOutlastsADatabaseThatDoesNotAnswer() {
        ready("outlasting", "1", train("pairs.jsonl", new Training(1, 16, 1e-2, 7, null, null, null)));
        AtomicInteger refused = new AtomicInteger();
        TransactionExecutionListener outage = new TransactionExecutionListener() {
            @Override
            public void beforeBegin(TransactionExecution transaction) {
                if (Thread.currentThread().getName().equals("evaluation") && refused.get() < 2) {
                    refused.incrementAndGet();
                    throw new CannotCreateTransactionException(
                            "no connection", new SQLTransientConnectionException("no connection"));
                }
            }
        };
        Collection<TransactionExecutionListener> before = transactions.getTransactionExecutionListeners();
        List<TransactionExecutionListener> withIt = new ArrayList<>(before);
        withIt.add(outage);
        transactions.setTransactionExecutionListeners(withIt);
        try {
            RewardEvaluation begun =
                    measured.evaluate("outlasting", "1", new RewardEvaluationRequest("file:pairs.jsonl"));
            RewardEvaluation ended = await().atMost(Duration.ofSeconds(30))
                    .until(
                            () -> measured.evaluation("outlasting", "1", begun.id()),
                            evaluation -> evaluation.state() != RewardEvaluation.State.RUNNING);
            assertThat(ended.failure()).isNull();
            assertThat(ended.report()).isNotNull();
        } finally {
            transactions.setTransactionExecutionListeners(before);
        }
        assertThat(refused).hasValue(2);
    }

    /** As it is stored and shown: heads with statistics, and a curve. */
    @Test
    void headsAndTheCurveAreShown() throws IOException {
        Files.writeString(
                home.resolve("tones.jsonl"),
                IntStream.range(0, 80)
                        .mapToObj(i ->
                                "{\"prompt\": \"the train %d\", \"completion\": \"%s river\", \"labels\": {\"tone\": \"%s\"}}"
                                        .formatted(i, i % 2 == 0 ? "gladly" : "never", i % 2 == 0 ? "warm" : "curt"))
                        .collect(Collectors.joining("\n")));
        String registration = """
                {"name": "tones", "version": "1", "source": {"type": "train", "backbone": "hf:backbone",
                 "answers": "file:tones.jsonl",
                 "training": {"epochs": 3, "batchSize": 8, "learningRate": 0.01, "schedule": "cosine",
                  "validation": {"everySteps": 5, "best": "validationLoss", "stopEarly": {"patience": 3}},
                  "loss": {"type": "moslim", "heads": [{"name": "tone", "classes": ["curt", "warm"]}]}}}}""";
        api.register(registration, "application/json");
        RewardModelResource ready = awaitState("tones", "1", State.READY);

        assertThat(ready.labels()).isEmpty();
        assertThat(ready.heads()).singleElement().satisfies(head -> {
            assertThat(head.name()).isEqualTo("tone");
            assertThat(head.classes())
                    .extracting(RewardModelResource.HeadClass::label)
                    .containsExactly("curt", "warm");
        });
        assertThat(ready.curve()).isNotEmpty().allSatisfy(point -> {
            assertThat(point.trainingLoss()).isPositive();
            assertThat(point.validationLoss()).isPositive();
        });
        Result result = api.score("tones", "1", new ScoreRequest("r", List.of(item("a", "gladly river"))))
                .results()
                .getFirst();
        assertThat(result.heads()).singleElement().satisfies(head -> {
            assertThat(head.classes()).containsOnlyKeys("curt", "warm");
            assertThat(head.standardised()).containsOnlyKeys("curt", "warm");
        });
        // The same again is the same version, and its checkpoint is one that is imported with its heads.
        assertThat(api.register(registration, "application/json").digest()).isEqualTo(ready.digest());
        Path copy = home.resolve("tones-copy");
        Files.createDirectory(copy);
        for (String file : List.of(
                "config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors", "reward_heads.json")) {
            Files.copy(Path.of(Objects.requireNonNull(ready.path())).resolve(file), copy.resolve(file));
        }
        assertThat(ready("tones-again", "1", new Import("hf:tones-copy")).heads())
                .isEqualTo(ready.heads());
    }

    @Test
    void whatDoesNotFitTheLossIsTold() {
        String registration = """
                {"name": "unfit", "version": "1", "source": {"type": "train", "backbone": "hf:backbone",
                 "pairs": "file:pairs.jsonl", "training": {"epochs": 3, "batchSize": 8, "learningRate": 0.01,
                  "validationShare": 0, "validation": {"stopEarly": {"patience": 3}}, "loss": "mse"}}}""";

        assertThat(refusal(() -> api.register(registration, "application/json")).errors())
                .extracting(FieldError::pointer)
                .containsExactly("/source/training/validation/best", "/source/answers", "/source/pairs");
    }

    @Test
    void aModelOfSeveralLabelsGivesTheProbabilityOfEach() throws IOException {
        try (ScoringModel three = new LocalEngine()
                .withHead(home.resolve("backbone"), List.of("curt", "plain", "warm"), 7, EngineOptions.DEFAULT)) {
            three.save(home.resolve("three-labels"), WeightType.F32);
        }
        RewardModelResource ready = ready("tone", "1", new Import("hf:three-labels"));
        assertThat(ready.labels()).containsExactly("curt", "plain", "warm");
        assertThat(ready.maxTokens()).isEqualTo(TinyCheckpoint.POSITIONS);

        Result result = api.score("tone", "1", new ScoreRequest("r", List.of(item("a", "gladly the river"))))
                .results()
                .getFirst();
        Map<String, Double> classes = Objects.requireNonNull(result.classes());
        assertThat(classes).containsOnlyKeys("curt", "plain", "warm");
        assertThat(classes.values().stream().mapToDouble(share -> share).sum()).isCloseTo(1, within(1e-12));
        assertThat(result.score())
                .as("the expected index of the label")
                .isCloseTo(classes.get("plain") + 2 * classes.get("warm"), within(1e-12));
        assertThat(result.deviation()).isNull();
    }

    /** As clients wrote it before items had a finishReason and metadata, and with fields of a later version. */
    @ParameterizedTest
    @ValueSource(strings = {"", ", \"finishReason\": \"length\", \"metadata\": {\"answer\": 4}", ", \"later\": [1]"})
    void olderAndNewerClientsAreUnderstood(String more) throws IOException {
        if (!Files.exists(home.resolve("one"))) {
            try (ScoringModel one = new LocalEngine().withScalarHead(home.resolve("backbone"))) {
                one.save(home.resolve("one"), WeightType.F32);
            }
        }
        ready("old", "1", new Import("hf:one"));
        String answer = RestClient.create()
                .post()
                .uri("http://127.0.0.1:" + port + "/v1/reward-models/old/versions/1/score")
                .header("Authorization", "Bearer 0123456789abcdef")
                .contentType(MediaType.APPLICATION_JSON)
                .body("""
                        {"requestId": "r", "items": [{"itemId": "a", "messages": [{"role": "user", "content": "hi"}],
                         "completion": "gladly"%s}]}""".formatted(more))
                .retrieve()
                .body(String.class);
        JsonNode result = json.readTree(answer).path("results").path(0);
        assertThat(result.path("score").isNumber()).isTrue();
        assertThat(result.path("classes").isMissingNode()
                        || result.path("classes").isNull())
                .isTrue();
    }

    /** As services answered before results had a deviation and classes. */
    @Test
    void anAnswerOfAnOlderServiceIsUnderstood() {
        ScoreResponse answer = json.readValue("""
                        {"requestId": "r", "name": "m", "version": "1", "results": [
                         {"itemId": "a", "score": 1.5, "error": null},
                         {"itemId": "b", "score": null, "error": {"code": "too_long", "detail": "513 tokens"}}]}""", ScoreResponse.class);
        assertThat(answer.results())
                .containsExactly(
                        new Result("a", 1.5, null), new Result("b", null, new ScoreError("too_long", "513 tokens")));
        RewardModelResource older = json.readValue("""
                        {"name": "m", "version": "1", "state": "ready", "digest": "sha256:0", "path": null, "progress": 1,
                         "metrics": {}, "failure": null, "conditions": [],
                         "source": {"type": "import", "model": "hf:m"}, "createdAt": "2026-01-01T00:00:00Z"}""", RewardModelResource.class);
        assertThat(older.maxTokens()).isNull();
        assertThat(older.labels()).isEmpty();
    }

    @Test
    void aRequestThatMakesNoSenseIsRefusedWhole() {
        List<Item> many =
                IntStream.range(0, 1025).mapToObj(i -> item("i" + i, "here")).toList();
        assertThat(refusal(() -> api.score("any", "1", new ScoreRequest("r", many)))
                        .errors())
                .extracting(FieldError::pointer)
                .containsExactly("/items");
        assertThat(refusal(() -> api.score(
                                "any",
                                "1",
                                new ScoreRequest(
                                        "r",
                                        List.of(
                                                item("a", "here"),
                                                item("a", "here"),
                                                new Item("b", List.of(), "here")))))
                        .errors())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder("/items/1/itemId", "/items/2/messages");
    }

    @Test
    void theListIsReadPageByPage() {
        var source = train("pairs.jsonl", new Training(1, 64, 1e-2, 7, null, null, null));
        for (int i = 1; i <= 3; i++) {
            ready("paged", "v" + i, source);
        }
        List<String> all = new ArrayList<>();
        String cursor = null;
        do {
            Page<RewardModelResource> page = api.list(cursor, 2);
            assertThat(page.data()).hasSizeLessThanOrEqualTo(2);
            page.data().forEach(model -> all.add(model.name() + "@" + model.version()));
            cursor = page.nextCursor();
        } while (cursor != null);

        assertThat(all).doesNotHaveDuplicates().containsSubsequence("paged@v3", "paged@v2", "paged@v1");
        assertThat(refusal(() -> api.list("!", 2)).code().status().value()).isEqualTo(422);
    }

    @Test
    void metricsArePublished() {
        ready("measured", "1", train("pairs.jsonl", new Training(1, 64, 1e-2, 7, null, null, null)));
        api.score(
                "measured",
                "1",
                new ScoreRequest(
                        "r", List.of(item("a", "gladly"), item("b", "river ".repeat(TinyCheckpoint.POSITIONS)))));

        String metrics = clients.restClient("http://127.0.0.1:" + port, Duration.ofSeconds(5))
                .get()
                .uri("/metrics")
                .retrieve()
                .body(String.class);

        assertThat(metrics)
                .contains("tribunal_reward_items_total{model=\"measured@1\",outcome=\"scored\"} 1.0")
                .contains("tribunal_reward_items_total{model=\"measured@1\",outcome=\"too_long\"} 1.0")
                .contains("tribunal_reward_scoring_seconds_count{model=\"measured@1\"} 1");
    }

    private RewardModelResource ready(String name, String version, Source source) {
        api.register(new RewardModelRegistration(name, version, source));
        return awaitState(name, version, State.READY);
    }

    private RewardModelResource awaitState(String name, String version, State state) {
        return await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> api.get(name, version), model -> model.state() == state);
    }

    private static UpstreamException refusal(ThrowingCallable call) {
        UpstreamException refusal = catchThrowableOfType(UpstreamException.class, call);
        assertThat(refusal).isNotNull();
        return refusal;
    }

    private ResponseEntity<JsonNode> post(String path, Object body) {
        return clients.restClient("http://127.0.0.1:" + port, Duration.ofSeconds(30))
                .post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(json.writeValueAsBytes(body))
                .retrieve()
                .onStatus(status -> true, (request, response) -> {})
                .toEntity(JsonNode.class);
    }

    private static Train train(String pairs, Training training) {
        return new Train("hf:backbone", "file:" + pairs, training);
    }

    private static Item item(String id, String completion) {
        return new Item(id, List.of(Message.user("the train")), completion);
    }

    /** Chosen completions have a nice word among neutral ones, rejected ones a rude word. */
    private static String pairs(int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            long key = CounterRandom.key(11, i);
            lines.append("{\"prompt\": \"%s %d\", \"chosen\": \"%s %s\", \"rejected\": \"%s %s\"}%n"
                    .formatted(
                            drawn(TinyCheckpoint.NEUTRAL, key, 0), i,
                            drawn(TinyCheckpoint.NICE, key, 1), drawn(TinyCheckpoint.NEUTRAL, key, 2),
                            drawn(TinyCheckpoint.RUDE, key, 3), drawn(TinyCheckpoint.NEUTRAL, key, 4)));
        }
        return lines.toString();
    }

    private static String drawn(List<String> words, long key, int counter) {
        return words.get((int) (CounterRandom.uniform(key, counter) * words.size()));
    }
}
