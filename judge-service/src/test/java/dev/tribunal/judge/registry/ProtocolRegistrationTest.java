package dev.tribunal.judge.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.contracts.common.ScoringServer.TeiPredict;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.JudgeProtocol;
import dev.tribunal.contracts.judge.v1.JudgeProtocol.Threshold;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Endpoint;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.fanout.ScriptedJudge;
import dev.tribunal.judge.fanout.ScriptedJudge.Script;
import dev.tribunal.judge.registration.Registration;
import dev.tribunal.servicekit.error.UpstreamException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Judges behind protocols go through the registry, the gate and the fan-out as all others do. */
class ProtocolRegistrationTest extends RegistryContext {

    private static final TeiPredict POLITENESS = new TeiPredict("polite", null, null, null, null);
    private static final Threshold HALF = new Threshold(0.5, null);

    /** A classifier of politeness, as text-embeddings-inference answers. */
    private static final Script CLASSIFIER = (request, out) -> ScriptedJudge.json(
            out,
            request.body().path("inputs").values().stream()
                    .map(input -> input.path(0).asString().contains("damn") ? 0.1 : 0.9)
                    .map(score -> """
                        [{"score":%s,"label":"polite"},{"score":%s,"label":"rude"}]\
                        """.formatted(score, 1 - score))
                    .collect(Collectors.joining(",", "[", "]")));

    @Test
    void aClassifierRegistersUnchangedPassesTheGateAndJudges() {
        String name = name();
        try (ScriptedJudge server = new ScriptedJudge(CLASSIFIER)) {
            JudgeResource judge = judges.register(registration(name, "1", server.url(), server(POLITENESS, HALF)));
            assertThat(judge.state()).isEqualTo(State.PROBING);
            assertThat(judge.maxBatchItems()).isEqualTo(32);

            JudgeResource active = awaitState(name, "1", State.ACTIVE);
            assertThat(active.report())
                    .extracting(Check::name, Check::passed)
                    .containsExactly(
                            org.assertj.core.api.Assertions.tuple("fixtures", true),
                            org.assertj.core.api.Assertions.tuple("shuffled", true),
                            org.assertj.core.api.Assertions.tuple("repeated", true));
            JudgeVerdict rude = verdict(name, "1", "damn it");
            assertThat(rude.verdict()).isEqualTo(Verdict.VIOLATED);
            assertThat(rude.score()).isEqualTo(0.1);
            assertThat(rude.reason()).contains("0.1").contains("at least 0.5");
            assertThat(verdict(name, "1", "hello").verdict()).isEqualTo(Verdict.SATISFIED);
            assertThat(server.requests())
                    .allSatisfy(request -> assertThat(request.line()).startsWith("POST /predict "));
        }
    }

    @Test
    void aThresholdThatContradictsTheFixturesIsRejected() {
        String name = name();
        try (ScriptedJudge server = new ScriptedJudge(CLASSIFIER)) {
            judges.register(registration(name, "1", server.url(), server(POLITENESS, new Threshold(0.95, null))));

            assertThat(awaitState(name, "1", State.REJECTED).report())
                    .filteredOn(check -> !check.passed())
                    .extracting(Check::name)
                    .containsExactly("fixtures");
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsRejectedWithTheReason() {
        String name = name();
        judges.register(registration(name, "1", "http://127.0.0.1:1", server(POLITENESS, HALF)));

        assertThat(awaitState(name, "1", State.REJECTED).report().getFirst().detail())
                .contains("unreachable");
    }

    @Test
    void theDigestCoversTheProtocol() {
        try (ScriptedJudge server = new ScriptedJudge(CLASSIFIER)) {
            String digest = digest(server, server(POLITENESS, HALF));

            assertThat(digest(server, server(POLITENESS, HALF))).isEqualTo(digest);
            assertThat(digest(server, server(POLITENESS, new Threshold(0.6, null))))
                    .isNotEqualTo(digest);
            assertThat(digest(server, server(POLITENESS, new Threshold(null, 0.5))))
                    .isNotEqualTo(digest);
            assertThat(digest(server, server(new TeiPredict("polite", null, null, true, null), HALF)))
                    .isNotEqualTo(digest);
        }
    }

    /** Of a registration of one name, whether it is stored or not. */
    private static String digest(ScriptedJudge server, JudgeProtocol protocol) {
        return Registration.of(registration("same", "1", server.url(), protocol))
                .digest();
    }

    @Test
    void aGraderThatAsksNobodyNeedsNoEndpoint() {
        String name = name();
        judges.register(registration(
                name,
                "1",
                null,
                grader(Map.of(
                        "type", "string_check",
                        "name", "no damn",
                        "input", "{{sample.output_text}}",
                        "operation", "ne",
                        "reference", "damn"))));

        awaitState(name, "1", State.ACTIVE);

        assertThat(judges.get(name, "1").url()).isNull();
        assertThat(verdict(name, "1", "damn").verdict()).isEqualTo(Verdict.VIOLATED);
        assertThat(verdict(name, "1", "darn").verdict()).isEqualTo(Verdict.SATISFIED);
    }

    @Test
    void aProtocolHasNoParameters() {
        String name = name();
        judges.register(registration(
                name,
                "1",
                null,
                grader(Map.of(
                        "type", "string_check",
                        "input", "{{sample.output_text}}",
                        "operation", "ne",
                        "reference", "damn"))));
        awaitState(name, "1", State.ACTIVE);

        UpstreamException refused = catchThrowableOfType(
                UpstreamException.class,
                () -> judges.evaluate(
                        name,
                        "1",
                        new EvaluateRequest(
                                "jr_1",
                                1_000,
                                null,
                                new JudgeReference(name, "1", Map.of("threshold", 1)),
                                List.of())));

        assertThat(refused.errors()).extracting(FieldError::pointer).containsExactly("/judge/parameters/threshold");
    }

    @Test
    void aProtocolsMistakesAreAllNamed() {
        assertThat(mistakes("http://127.0.0.1:1", new JudgeProtocol(null, null, null)))
                .containsExactly("/adapter");
        assertThat(mistakes(null, server(new TeiPredict(null, "{{x}}", null, null, null), null)))
                .containsExactlyInAnyOrder("/endpoint/url", "/adapter/server/text", "/adapter/threshold");
        assertThat(mistakes("http://127.0.0.1:1", server(POLITENESS, new Threshold(0.5, 0.5))))
                .containsExactly("/adapter/threshold");
        assertThat(mistakes("http://127.0.0.1:1", grader(Map.of("type", "text_similarity", "input", "a"))))
                .contains("/endpoint", "/adapter/grader/reference", "/adapter/grader/evaluation_metric");
        assertThat(mistakes(null, grader(Map.of("type", "score_model", "model", "m", "input", List.of()))))
                .containsExactlyInAnyOrder("/endpoint/url", "/adapter/grader/input");
        assertThat(mistakes("http://169.254.169.254", server(POLITENESS, HALF))).containsExactly("/endpoint/url");
    }

    private List<String> mistakes(@Nullable String url, JudgeProtocol protocol) {
        return catchThrowableOfType(
                        UpstreamException.class, () -> judges.register(registration(name(), "1", url, protocol)))
                .errors()
                .stream()
                .map(FieldError::pointer)
                .toList();
    }

    private static JudgeProtocol server(ScoringServer server, @Nullable Threshold threshold) {
        return new JudgeProtocol(server, null, threshold);
    }

    private static JudgeProtocol grader(Map<String, Object> grader) {
        return new JudgeProtocol(null, grader, null);
    }

    private static JudgeRegistration registration(
            String name, String version, @Nullable String url, JudgeProtocol protocol) {
        return new JudgeRegistration(
                name,
                version,
                null,
                url == null ? null : new Endpoint(url),
                null,
                5_000,
                null,
                null,
                null,
                null,
                List.of(
                        new Fixture(NoSwearing.item("x", "good morning"), Verdict.SATISFIED),
                        new Fixture(NoSwearing.item("y", "damn"), Verdict.VIOLATED)),
                protocol,
                null);
    }
}
