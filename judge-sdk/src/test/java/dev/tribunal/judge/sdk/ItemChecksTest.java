package dev.tribunal.judge.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.CheckResponse.ItemProblem;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.judge.sdk.conformance.JudgeTransport;
import dev.tribunal.judge.sdk.conformance.JudgeTransport.Reply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** What is wrong with a prompt's data: a judge tells it, its service serves it, and what another judge says is read. */
class ItemChecksTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static final CheckRequest ASKED = new CheckRequest(
            new JudgeReference("spoken", "1", Map.of()), List.of(item("a", Map.of()), item("b", Map.of())));

    @Test
    void aJudgeWithACheckOfItsOwnSaysSo() {
        assertThat(Descriptors.of(new Spoken()).checksItems()).isTrue();
        assertThat(Descriptors.of(new Silent()).checksItems()).isNull();
        assertThat(Descriptors.of(new Raw()).checksItems()).isTrue();
    }

    @Test
    void theServiceAsksTheJudgeAboutEachItem() throws Exception {
        try (ConfigurableApplicationContext server =
                JudgeServer.start(new Spoken(), "--server.port=0", "--server.address=127.0.0.1")) {
            JudgeTransport judge = JudgeTransport.to(
                    URI.create("http://127.0.0.1:" + server.getEnvironment().getProperty("local.server.port")), null);

            assertThat(text(judge.send("/judge/v1/descriptor", null, SOON))).contains("\"checksItems\":true");
            assertThat(text(check(judge, """
                    {"judge":{"name":"spoken","version":"1","parameters":{"languages":["en"]}},"newer":1,
                     "items":[{"itemId":"a","metadata":{"language":"en"}},{"itemId":"b","metadata":{"language":"xx"}},
                              {"itemId":"c"}]}"""))).isEqualTo("""
                        {"judge":{"name":"spoken","version":"1"},"problems":[\
                        {"itemId":"b","pointer":"/metadata/language","detail":"is 'xx', must be one of [en]"}],\
                        "unchecked":"the judge failed on item 'c'"}""");

            Reply wrong = check(judge, """
                {"judge":{"name":"loud","version":"1","parameters":{"languges":[]}},
                 "items":[{"itemId":"a"},{"itemId":"a","messages":[{"role":"user"}]},null]}""");
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(text(wrong))
                    .contains("/judge/name", "/judge/parameters/languges", "/items/1/itemId", "/items/2")
                    .contains("/items/1/messages/0/content");
            String nine = IntStream.range(0, 9)
                    .mapToObj(i -> "{\"itemId\":\"" + i + "\"}")
                    .collect(Collectors.joining(","));
            assertThat(text(check(
                            judge, "{\"judge\":{\"name\":\"spoken\",\"version\":\"1\"},\"items\":[" + nine + "]}")))
                    .contains("holds 9 items; this judge takes at most 8");
        }
    }

    @Test
    void whatIsNotReachedByTheDeadlineIsUnchecked() {
        CheckResponse answer = ItemChecks.run(new Raw().checkItemWith(Map.of()), ASKED, Deadline.after(Duration.ZERO));

        assertThat(answer.problems()).isEmpty();
        assertThat(answer.unchecked()).contains("not enough time");
    }

    @Test
    void aSoundAnswerIsReadAndUnknownFieldsAreNot() {
        CheckResponse answer = read("""
            {"judge":{"name":"spoken","version":"1"},"newer":{},
             "problems":[{"itemId":"b","pointer":"/reference/answer","detail":"is empty","newer":1},
                         {"itemId":"b","detail":"cannot be read"}]}""");

        assertThat(answer.problems())
                .containsExactly(
                        new ItemProblem("b", "/reference/answer", "is empty"),
                        new ItemProblem("b", "", "cannot be read"));
        assertThat(answer.unchecked()).isNull();
    }

    @Test
    void aLongAnswerIsCutToWhatIsRead() {
        String many = IntStream.range(0, 3_000)
                .mapToObj(i -> "{\"itemId\":\"a\",\"detail\":\"" + "x".repeat(5_000) + "\"}")
                .collect(Collectors.joining(","));

        CheckResponse answer = read("{\"judge\":{\"name\":\"spoken\",\"version\":\"1\"},\"problems\":[" + many + "]}");

        assertThat(answer.problems()).hasSize(ItemChecks.MAX_PROBLEMS);
        assertThat(answer.problems().getFirst().detail()).hasSizeLessThan(600);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "null",
                "{\"judge\":{\"name\":\"spoken\",\"version\":\"1\"}}",
                "{\"judge\":{\"name\":\"spoken\",\"version\":\"1\"},\"problems\":{}}",
                "{\"judge\":{\"name\":\"spoken\",\"version\":\"2\"},\"problems\":[]}",
                "{\"judge\":\"spoken\",\"problems\":[]}",
                "{\"judge\":{\"name\":\"spoken\",\"version\":\"1\"},\"problems\":[{\"itemId\":\"other\",\"detail\":\"x\"}]}",
                "{\"judge\":{\"name\":\"spoken\",\"version\":\"1\"},\"problems\":[{\"itemId\":\"a\",\"detail\":[\"x\"]}]}",
                "{\"judge\":{\"name\":\"spoken\",\"version\":\"1\"},\"problems\":[{\"itemId\":1,\"detail\":\"x\"}]}",
                "{\"judge\":{\"name\":\"spoken\",\"version\":\"1\"},\"problems\":[7]}",
                "{\"judge\":{\"name\":\"spoken\",\"version\":\"1\"},\"problems\":[{\"itemId\":\"a\",\"pointer\":\"x\",\"detail\":\"x\"}]}",
            })
    void whatIsNoAnswerIsOneReasonAndNoProblem(String body) {
        CheckResponse answer = read(body);

        assertThat(answer.problems()).isEmpty();
        assertThat(answer.unchecked()).matches("the (judge's )?answer .*");
    }

    @Test
    void deepNestingIsUnreadableAndNothingMore() {
        assertThat(read("[".repeat(500_000)).unchecked()).contains("nested more than 100 deep");
    }

    private static CheckResponse read(String body) {
        return ItemChecks.read(body.getBytes(StandardCharsets.UTF_8), ASKED);
    }

    private static PromptItem item(String itemId, Map<String, Object> metadata) {
        return new PromptItem(itemId, List.of(), Map.of(), metadata);
    }

    private static Reply check(JudgeTransport judge, String body) throws Exception {
        return judge.send("/judge/v1/check", body.getBytes(StandardCharsets.UTF_8), SOON);
    }

    private static String text(Reply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    /** Wants to know the language, and breaks without it. */
    private static class Spoken implements TypedJudge<Spoken.Parameters> {

        record Parameters(List<String> languages) {}

        @Override
        public JudgeDescriptor descriptor() {
            return JudgeDescriptor.of("spoken", "1", "Speaks a language.").withMaxBatchItems(8);
        }

        @Override
        public List<FieldError> checkItem(PromptItem item, Parameters parameters) {
            String language = item.metadata().get("language").toString();
            return parameters.languages().contains(language)
                    ? List.of()
                    : List.of(new FieldError(
                            "/metadata/language", "is '" + language + "', must be one of " + parameters.languages()));
        }

        @Override
        public ItemVerdict judge(JudgeItem item, Parameters parameters, Deadline deadline) {
            return ItemVerdict.satisfied("yes");
        }
    }

    private static final class Silent implements TypedJudge<Spoken.Parameters> {

        @Override
        public JudgeDescriptor descriptor() {
            return JudgeDescriptor.of("silent", "1", "Says nothing.");
        }

        @Override
        public ItemVerdict judge(JudgeItem item, Spoken.Parameters parameters, Deadline deadline) {
            return ItemVerdict.satisfied("yes");
        }
    }

    private static final class Raw implements ItemJudge {

        @Override
        public JudgeDescriptor descriptor() {
            return JudgeDescriptor.of("raw", "1", "Takes parameters as they come.");
        }

        @Override
        public List<FieldError> checkItem(PromptItem item, Map<String, Object> parameters) {
            return List.of(new FieldError("", "is never right"));
        }

        @Override
        public ItemVerdict judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline) {
            return ItemVerdict.satisfied("yes");
        }
    }
}
