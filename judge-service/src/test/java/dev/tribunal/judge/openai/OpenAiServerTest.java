package dev.tribunal.judge.openai;

import static dev.tribunal.judge.fanout.ScriptedJudge.json;
import static dev.tribunal.judge.fanout.ScriptedJudge.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.judge.fanout.ScriptedJudge;
import dev.tribunal.judge.fanout.ScriptedJudge.Request;
import dev.tribunal.judge.openai.OpenAiServer.Completion;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.servicekit.outbound.AddressGuard;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenAiServerTest {

    private final GuardedHttp http = new GuardedHttp(new AddressGuard(List.of("127.0.0.1")), 1 << 20);

    @AfterEach
    void close() throws Exception {
        http.close();
    }

    @Test
    void aChatIsSentAsTheServersReadIt() throws Exception {
        try (ScriptedJudge server = new ScriptedJudge((request, out) -> json(out, """
                {"choices":[{"message":{"role":"assistant","content":"{\\"result\\":1}"},"finish_reason":"stop"}]}"""))) {
            for (String base : List.of(server.url(), server.url() + "/v1", server.url() + "/v1/")) {
                Completion completion = new OpenAiServer(http, base, "key", "small")
                        .chat(
                                List.of(new Message("system", "Grade."), Message.user("2+2?")),
                                Map.of("temperature", 0, "response_format", Map.of("type", "json_object")),
                                soon());
                assertThat(completion).isEqualTo(new Completion("{\"result\":1}", "stop", List.of()));
            }
            assertThat(server.requests()).hasSize(3).allSatisfy(request -> {
                assertThat(request.line()).isEqualTo("POST /v1/chat/completions HTTP/1.1");
                assertThat(request.header("Authorization")).isEqualTo("Bearer key");
                assertThat(request.body().toString())
                        .contains(
                                "\"model\":\"small\"",
                                "\"messages\":[{\"role\":\"system\",\"content\":\"Grade.\"},{\"role\":\"user\",\"content\":\"2+2?\"}]",
                                "\"response_format\":{\"type\":\"json_object\"}");
            });
        }
    }

    @Test
    void eachServersPiecesAreRead() throws Exception {
        Map<String, String> answers = Map.of(
                "vLLM", """
                {"count":2,"max_model_len":4096,"tokens":[359,5645],"token_strs":["un","safe"]}""",
                "SGLang", """
                {"tokens":[359,5645],"count":2,"max_model_len":4096}""",
                "llama.cpp", """
                {"tokens":[{"id":359,"piece":"un"},{"id":5645,"piece":[115,97,102,101]}]}""",
                "text-generation-inference", """
                [{"id":359,"text":"un","start":0,"stop":2},{"id":5645,"text":"safe","start":2,"stop":6}]""");
        for (Map.Entry<String, String> answer : answers.entrySet()) {
            try (ScriptedJudge server = new ScriptedJudge((request, out) -> json(out, answer.getValue()))) {
                Optional<List<String>> pieces = server(server).tokenize("unsafe", soon());

                assertThat(pieces)
                        .as(answer.getKey())
                        .hasValue(answer.getKey().equals("SGLang") ? List.of("#359", "#5645") : List.of("un", "safe"));
                Request request = server.requests().getFirst();
                assertThat(request.line()).isEqualTo("POST /tokenize HTTP/1.1");
                for (String name : List.of("prompt", "content", "inputs")) {
                    assertThat(request.body().path(name).asString()).isEqualTo("unsafe");
                }
            }
        }
        try (ScriptedJudge ollama = new ScriptedJudge(
                (request, out) -> write(out, "404 Not Found", "Content-Type: text/plain\r\n", "404 page not found"))) {
            assertThat(server(ollama).tokenize("unsafe", soon())).isEmpty();
        }
    }

    @Test
    void aRefusalKeepsTheServersWordsAndNotTheKey() throws Exception {
        try (ScriptedJudge server = new ScriptedJudge(
                (request, out) -> write(out, "400 Bad Request", "Content-Type: application/json\r\n", """
                {"error":{"message":"no such model for key sesame","type":"invalid_request_error"}}"""))) {
            CallFailure failure = catchThrowableOfType(
                    CallFailure.class,
                    () -> new OpenAiServer(http, server.url(), "sesame", "small")
                            .chat(List.of(Message.user("?")), Map.of(), soon()));

            assertThat(failure).hasMessage("the server answered status 400: no such model for key ******");
            assertThat(failure.isRefusal()).isTrue();
        }
    }

    /** A model may refuse, be withheld, call a tool or run out of tokens: each is said, and is not an empty answer. */
    @Test
    void aModelThatDoesNotAnswerIsNotAnEmptyAnswer() throws Exception {
        Map<String, String> answers = Map.of(
                "{\"message\":{\"content\":null,\"refusal\":\"I can't help with that.\"},\"finish_reason\":\"stop\"}",
                "model_refused",
                "{\"message\":{\"content\":\"\"},\"finish_reason\":\"content_filter\"}",
                "content_filter",
                "{\"message\":{\"content\":null,\"tool_calls\":[{\"id\":\"a\"}]},\"finish_reason\":\"tool_calls\"}",
                "tool_call",
                "{\"message\":{\"content\":null,\"reasoning_content\":\"Hm\"},\"finish_reason\":\"length\"}",
                "cut_off",
                "{\"message\":{\"content\":null},\"finish_reason\":\"stop\"}",
                "no_content",
                "{\"message\":{\"content\":{\"text\":\"yes\"}},\"finish_reason\":\"stop\"}",
                "malformed_answer");
        for (Map.Entry<String, String> answer : answers.entrySet()) {
            try (ScriptedJudge server =
                    new ScriptedJudge((request, out) -> json(out, "{\"choices\":[" + answer.getKey() + "]}"))) {
                CallFailure failure = catchThrowableOfType(
                        CallFailure.class, () -> server(server).chat(List.of(), Map.of(), soon()));
                assertThat(failure.code()).as(answer.getKey()).isEqualTo(answer.getValue());
            }
        }
    }

    @Test
    void anAnswerInAnotherFormSaysWhatToMend() throws Exception {
        Map<String, String> answers = Map.of(
                "{\"choices\":[],\"choices\":[]}",
                "has the field 'choices' twice",
                "<html><body>Bad gateway</body></html>",
                "HTML page",
                " ",
                "is empty",
                "[".repeat(100_000),
                "nested more than",
                "{\"error\":{\"message\":\"out of memory\"}}",
                "is an error: out of memory");
        for (Map.Entry<String, String> answer : answers.entrySet()) {
            try (ScriptedJudge server = new ScriptedJudge((request, out) -> json(out, answer.getKey()))) {
                CallFailure failure = catchThrowableOfType(
                        CallFailure.class, () -> server(server).chat(List.of(), Map.of(), soon()));
                assertThat(failure).hasMessageContaining(answer.getValue());
                assertThat(failure.code()).isEqualTo("malformed_answer");
            }
        }
        try (ScriptedJudge server = new ScriptedJudge((request, out) ->
                write(out, "200 OK", "Content-Type: application/json\r\nContent-Encoding: br\r\n", "{}"))) {
            CallFailure failure =
                    catchThrowableOfType(CallFailure.class, () -> server(server).chat(List.of(), Map.of(), soon()));
            assertThat(failure.code()).isEqualTo("compressed_answer");
        }
    }

    @Test
    void anAnswerThatIsNoneIsAFailure() throws Exception {
        for (String body : List.of("{\"choices\":[]}", "{\"choices\":[", "[]")) {
            try (ScriptedJudge server = new ScriptedJudge((request, out) -> json(out, body))) {
                CallFailure failure = catchThrowableOfType(
                        CallFailure.class, () -> server(server).chat(List.of(), Map.of(), soon()));
                assertThat(failure.code()).isEqualTo("malformed_answer");
            }
        }
    }

    private OpenAiServer server(ScriptedJudge server) {
        return new OpenAiServer(http, server.url(), null, "small");
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }
}
