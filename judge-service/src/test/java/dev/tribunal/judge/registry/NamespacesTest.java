package dev.tribunal.judge.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeLogEntry;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.fanout.ScriptedJudge;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.UpstreamException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Judges of one team are not there for another, over HTTP with the headers that the gateway writes. */
class NamespacesTest extends RegistryContext {

    private static final Caller BLUE = new Caller("bo", Set.of("blue"), "blue");
    private static final Caller RED = new Caller("ria", Set.of("red"), "red");

    @Test
    void aJudgeIsItsTeamsAloneAndSoIsItsName() {
        String name = name();
        try (ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, "1"))) {
            JudgeRegistration registration = NoSwearing.registration(name, "1", judge.url(), null);
            assertThat(BLUE.run(() -> judges.register(registration)).namespace())
                    .isEqualTo("blue");
            awaitState(name, "1", State.ACTIVE);

            assertThat(names(BLUE)).contains(name);
            assertThat(names(RED)).doesNotContain(name);
            assertThat(BLUE.run(() -> verdict(name, "1", "hello")).verdict()).isEqualTo(Verdict.SATISFIED);
            assertThat(status(RED, () -> verdict(name, "1", "hello"))).isEqualTo(422);
            for (String version : List.of("1", "latest")) {
                assertThat(status(RED, () -> judges.get(name, version))).isEqualTo(404);
                assertThat(status(RED, () -> judges.log(name, version))).isEqualTo(404);
                assertThat(status(RED, () -> judges.probe(name, version))).isEqualTo(404);
                assertThat(status(RED, () -> judges.drain(name, version))).isEqualTo(404);
                assertThat(status(RED, () -> judges.retire(name, version))).isEqualTo(404);
                assertThat(status(RED, () -> judges.evaluate(name, version, nothing(name, version))))
                        .isEqualTo(404);
            }
            assertThat(status(RED, () -> {
                        judges.delete(name, "1");
                        return null;
                    }))
                    .isEqualTo(404);
            assertThat(judges.get(name, "1").state()).isEqualTo(State.ACTIVE);

            assertThat(status(RED, () -> judges.register(registration))).isEqualTo(409);
            assertThat(status(RED, () -> judges.register(NoSwearing.registration(name, "2", judge.url(), null))))
                    .isEqualTo(409);
            // Who may change all of them adds to it where it is.
            assertThat(judges.register(NoSwearing.registration(name, "2", judge.url(), null))
                            .namespace())
                    .isEqualTo("blue");
        }
    }

    @Test
    void theLogOfASharedJudgeTellsNothingOfOthersCalls() {
        BLUE.run(() -> judges.evaluate(
                "length",
                "1",
                new EvaluateRequest(
                        "run_blue.7.math.0",
                        1000,
                        null,
                        new JudgeReference("length", "1", Map.of("maxWords", 5)),
                        List.of(NoSwearing.item("a", "hello")))));

        assertThat(judges.log("length", "1").data())
                .extracting(JudgeLogEntry::requestId)
                .contains("run_blue.7.math.0");
        for (Caller limited : List.of(RED, BLUE)) {
            assertThat(limited.run(() -> judges.log("length", "1")).data())
                    .isNotEmpty()
                    .anyMatch(entry -> entry.event().equals("answered"))
                    .allMatch(entry -> entry.requestId() == null);
        }
    }

    @Test
    void aSharedVersionWhoseNameIsThatOfAUseIsNotDeletedByEveryone() {
        String name = name();
        try (ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, "check"))) {
            Caller shared = new Caller("root", Set.of("shared"), "shared");
            shared.run(() -> judges.register(NoSwearing.registration(name, "check", judge.url(), null)));
            awaitState(name, "check", State.ACTIVE);

            assertThat(status(RED, () -> {
                        judges.delete(name, "check");
                        return null;
                    }))
                    .isEqualTo(403);
            assertThat(RED.run(() -> judges.evaluate(name, "check", nothing(name, "check")))
                            .results())
                    .isEmpty();
            assertThat(RED.run(() -> judges.stress(name, "check", nothing(name, "check")))
                            .items())
                    .isZero();
        }
    }

    @Test
    void theJudgesThatShipAreEveryonesAndStay() {
        assertThat(names(RED)).contains("length", "repetition");
        assertThat(RED.run(() -> judges.get("length", "1")).namespace()).isEqualTo("shared");
        assertThat(status(RED, () -> judges.drain("length", "1"))).isEqualTo(403);
        assertThat(RED.run(() -> judges.evaluate(
                                "length",
                                "1",
                                new EvaluateRequest(
                                        "jr_1",
                                        1000,
                                        null,
                                        new JudgeReference("length", "1", Map.of("maxWords", 5)),
                                        List.of())))
                        .results())
                .isEmpty();
    }

    private static EvaluateRequest nothing(String name, String version) {
        return new EvaluateRequest("jr_1", 1000, null, new JudgeReference(name, version, Map.of()), List.of());
    }

    private List<String> names(Caller caller) {
        return caller.run(() -> judges.list(null, 1000)).data().stream()
                .map(JudgeResource::name)
                .toList();
    }

    private static int status(Caller caller, Supplier<?> call) {
        UpstreamException refused = catchThrowableOfType(
                UpstreamException.class,
                () -> caller.run(() -> {
                    call.get();
                    return null;
                }));
        assertThat(refused).isNotNull();
        return refused.code().status().value();
    }
}
