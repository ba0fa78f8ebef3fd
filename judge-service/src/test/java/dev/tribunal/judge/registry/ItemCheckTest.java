package dev.tribunal.judge.registry;

import static dev.tribunal.judge.fanout.ScriptedJudge.json;
import static dev.tribunal.judge.fanout.ScriptedJudge.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.CheckResponse.ItemProblem;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.fanout.ScriptedJudge;
import dev.tribunal.judge.fanout.ScriptedJudge.Script;
import dev.tribunal.servicekit.error.UpstreamException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be told before a run trains: prompts and parameters that a judge could make nothing of. */
class ItemCheckTest extends RegistryContext {

    private static final String CHECKS = ",\"checksItems\":true";
    private static final String SCHEMA = """
        ,"parameters":{"type":"object","additionalProperties":false,
          "properties":{"words":{"type":"array","items":{"type":"string"}},"most":{"type":"integer","maximum":9}}}""";

    @Test
    void theJudgesThatShipTellWhatTheyCannotRead() {
        PromptItem sound = instructions("sound", "punctuation:no_comma", Map.of());
        PromptItem unknown = instructions("unknown", "punctuation:no_dot", Map.of());
        PromptItem wrong = instructions("wrong", "length_constraints:number_words", Map.of("num_words", "many"));

        CheckResponse answer = check("instruction-following", "latest", Map.of(), List.of(sound, unknown, wrong));

        assertThat(answer.judge().version()).isEqualTo("1");
        assertThat(answer.unchecked()).isNull();
        assertThat(answer.problems())
                .extracting(problem -> problem.itemId() + " " + problem.pointer())
                .containsExactly("unknown /metadata/instruction_id_list/0", "wrong /metadata/kwargs/0/num_words");
        assertThat(judges.get("instruction-following", "1").checksItems()).isTrue();
        assertThat(judges.get("length", "1").checksItems()).isFalse();
        assertThat(check("length", "1", Map.of("maxWords", 3), List.of(unknown)).problems())
                .isEmpty();
    }

    @Test
    void mistakesOfTheRequestAreToldAllAtOnce() {
        List<PromptItem> many = IntStream.rangeClosed(0, 1_000)
                .mapToObj(i -> instructions("i" + Math.min(i, 999), "punctuation:no_comma", Map.of()))
                .toList();

        assertThat(errors(() -> check("instruction-following", "1", Map.of("reeding", "loose"), many)))
                .contains("/items", "/items/1000/itemId", "/judge/parameters/reeding");
        assertThat(catchThrowableOfType(UpstreamException.class, () -> check("nobody", "1", Map.of(), List.of()))
                        .code()
                        .status()
                        .value())
                .isEqualTo(404);
    }

    @Test
    void anotherServiceIsAskedInBatchesThatItTakes() {
        String name = name();
        try (ScriptedJudge judge = new ScriptedJudge(checking(
                name,
                (request, out) -> json(out, """
                {"judge":{"name":"%s","version":"1"},"problems":[%s]}""".formatted(
                                name,
                                request.itemIds().contains("i70")
                                        ? "{\"itemId\":\"i70\",\"pointer\":\"/reference/answer\",\"detail\":\"is not a word\"}"
                                        : ""))))) {
            register(name, judge);
            List<PromptItem> items = IntStream.range(0, 100)
                    .mapToObj(i -> new PromptItem("i" + i, List.of(Message.user("Say.")), Map.of(), Map.of()))
                    .toList();

            assertThat(check(name, "1", Map.of(), items))
                    .isEqualTo(new CheckResponse(
                            new dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion(name, "1"),
                            List.of(new ItemProblem("i70", "/reference/answer", "is not a word")),
                            null));
            assertThat(checks(judge)).extracting(List::size).endsWith(64, 36);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hang", "500", "html", "half", "other", "foreign", "nested", "endless"})
    void whateverAServiceAnswersIsOneReasonAndNoMore(String fault) {
        String name = name();
        try (ScriptedJudge judge = new ScriptedJudge(checking(name, sound(name)))) {
            register(name, judge);
            judge.now(checking(name, fault(name, fault)));

            CheckResponse answer =
                    check(name, "1", Map.of(), List.of(new PromptItem("a", List.of(), Map.of(), Map.of())));

            assertThat(answer.problems()).isEmpty();
            assertThat(answer.unchecked()).isNotBlank().hasSizeLessThan(700);
            assertThat(judges.get(name, "1").health().breaker()).isEqualTo("closed");
        }
    }

    @Test
    void aServiceThatDoesNotSayThatItChecksIsNotAsked() {
        String name = name();
        try (ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, "1"))) {
            register(name, judge);

            CheckResponse answer =
                    check(name, "1", Map.of(), List.of(new PromptItem("a", List.of(), Map.of(), Map.of())));

            assertThat(answer.problems()).isEmpty();
            assertThat(answer.unchecked()).isNull();
            assertThat(checks(judge)).isEmpty();
        }
    }

    @Test
    void parametersThatTheDescriptorForbidsAreRefused() {
        String name = name();
        try (ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, "1", SCHEMA))) {
            register(name, judge);
            Map<String, Object> wrong = Map.of("wrods", List.of("fudge"), "most", 10);
            List<JudgeItem> items = List.of(NoSwearing.item("a", "hello"));

            assertThat(errors(() -> judges.evaluate(name, "1", asked(wrong, items))))
                    .containsExactlyInAnyOrder("/judge/parameters/wrods", "/judge/parameters/most");
            assertThat(errors(() -> judges.evaluate(name, "1", asked(wrong, List.of()))))
                    .as("the dry run of a run asks with no items")
                    .hasSize(2);
            assertThat(errors(() -> check(name, "1", wrong, List.of()))).hasSize(2);
            assertThat(judges.evaluate(name, "1", asked(Map.of("most", 9), items))
                            .results()
                            .getFirst()
                            .verdict())
                    .isEqualTo(Verdict.SATISFIED);
        }
    }

    @Test
    void parametersThatAreNoSchemaAreFoundByTheGate() {
        String name = name();
        try (ScriptedJudge judge =
                new ScriptedJudge(NoSwearing.script(name, "1", ",\"parameters\":{\"type\":\"objct\"}"))) {
            judges.register(NoSwearing.registration(name, "1", judge.url(), null));

            assertThat(awaitState(name, "1", State.REJECTED).report())
                    .extracting(check -> check.detail())
                    .singleElement()
                    .asString()
                    .startsWith("GET /judge/v1/descriptor: the descriptor's parameters must be a JSON Schema");
        }
    }

    /** No verdict is asked for while the judge is sick, so only the look can have found it well. */
    @Test
    void aJudgeThatIsBackIsInUseAgainWithoutACall() {
        String name = name();
        try (ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, "1"))) {
            register(name, judge);
            judge.now((request, out) -> {
                if (request.line().startsWith("POST ")) {
                    write(out, "500 Oops", "", "");
                } else {
                    NoSwearing.script(name, "1").answer(request, out);
                }
            });
            await().until(() -> judges.evaluate(name, "1", asked(Map.of(), List.of(NoSwearing.item("a", "x"))))
                    .results()
                    .getFirst()
                    .error()
                    .code()
                    .equals("breaker_open"));

            judge.now(NoSwearing.script(name, "1"));

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> judges.get(name, "1").health().breaker().equals("closed"));
            assertThat(verdict(name, "1", "hello").verdict()).isEqualTo(Verdict.SATISFIED);
        }
    }

    private static Script checking(String name, Script check) {
        return (request, out) -> {
            if (request.line().startsWith("POST /judge/v1/check ")) {
                check.answer(request, out);
            } else {
                NoSwearing.script(name, "1", CHECKS).answer(request, out);
            }
        };
    }

    private static Script sound(String name) {
        return (request, out) -> json(out, "{\"judge\":{\"name\":\"" + name + "\",\"version\":\"1\"},\"problems\":[]}");
    }

    private static Script fault(String name, String fault) {
        return (request, out) -> {
            switch (fault) {
                case "hang" -> Thread.sleep(Duration.ofMinutes(1));
                case "500" -> write(out, "500 Oops", "", "");
                case "html" -> write(out, "200 OK", "Content-Type: text/html\r\n", "<html>");
                case "half" -> json(out, "{\"judge\":");
                case "other" -> sound("other").answer(request, out);
                case "foreign" ->
                    json(
                            out,
                            "{\"judge\":{\"name\":\"" + name + "\",\"version\":\"1\"},"
                                    + "\"problems\":[{\"itemId\":\"b\",\"detail\":\"x\"}]}");
                case "nested" -> json(out, "[".repeat(100_000));
                case "endless" -> json(out, " ".repeat(9 << 20));
                default -> throw new IllegalArgumentException(fault);
            }
        };
    }

    private static List<List<String>> checks(ScriptedJudge judge) {
        return judge.requests().stream()
                .filter(request -> request.line().startsWith("POST /judge/v1/check "))
                .map(ScriptedJudge.Request::itemIds)
                .toList();
    }

    private JudgeResource register(String name, ScriptedJudge judge) {
        judges.register(NoSwearing.registration(name, "1", judge.url(), null));
        return awaitState(name, "1", State.ACTIVE);
    }

    private CheckResponse check(String name, String version, Map<String, Object> parameters, List<PromptItem> items) {
        return judges.check(name, version, new CheckRequest(new JudgeReference(name, version, parameters), items));
    }

    private static EvaluateRequest asked(Map<String, Object> parameters, List<JudgeItem> items) {
        return new EvaluateRequest("jr_1", 10_000, null, new JudgeReference("", "", parameters), items);
    }

    private static PromptItem instructions(String itemId, String id, Map<String, Object> arguments) {
        return new PromptItem(
                itemId,
                List.of(Message.user("Say something.")),
                Map.of(),
                Map.of("instruction_id_list", List.of(id), "kwargs", List.of(arguments)));
    }

    private static List<String> errors(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(UpstreamException.class, call).errors().stream()
                .map(FieldError::pointer)
                .toList();
    }
}
