package dev.tribunal.judge.openai;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.servicekit.json.Shown;
import dev.tribunal.servicekit.json.StrictJson;
import dev.tribunal.servicekit.json.StrictJson.Malformed;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.JsonEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One model of an OpenAI-compatible server. Each call is one request: who calls decides whether to try again. */
public final class OpenAiServer {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAX_SAID = 300;

    private final JsonEndpoint endpoint;
    private final String model;

    /**
     * @param url the server's base URL, with or without {@code /v1}
     * @param bearerToken sent with each request, if given; never printed
     * @param model as the server calls it
     */
    public OpenAiServer(GuardedHttp http, String url, @Nullable String bearerToken, String model) {
        this.endpoint = new JsonEndpoint(http, url.replaceAll("/+$", "").replaceAll("/v1$", ""), bearerToken);
        this.model = model;
    }

    /**
     * {@code POST /v1/chat/completions}
     *
     * @param messages oldest turn first
     * @param options further fields of the request, for example {@code temperature}, {@code max_tokens},
     *     {@code response_format}
     * @throws CallFailure if there is no answer, or it is none
     */
    public Completion chat(List<Message> messages, Map<String, Object> options, Deadline deadline) throws CallFailure {
        ObjectNode body = body(options);
        body.set("messages", JSON.valueToTree(messages));
        return completion(post("/v1/chat/completions", body, deadline));
    }

    /**
     * {@code POST /v1/completions}: the text as it stands, without a chat template.
     *
     * @param options as for {@link #chat}
     * @throws CallFailure if there is no answer, or it is none
     */
    public Completion complete(String prompt, Map<String, Object> options, Deadline deadline) throws CallFailure {
        ObjectNode body = body(options);
        body.put("prompt", prompt);
        return completion(post("/v1/completions", body, deadline));
    }

    /**
     * The pieces of a text, special tokens not added.
     *
     * @return empty if the server has no such endpoint; OpenAI and Ollama have none
     * @throws CallFailure if there is no answer, or it is none
     */
    public Optional<List<String>> tokenize(String text, Deadline deadline) throws CallFailure {
        ObjectNode body = JSON.createObjectNode();
        // Each server reads its own names: vLLM and SGLang, llama.cpp, text-generation-inference.
        body.put("model", model)
                .put("prompt", text)
                .put("add_special_tokens", false)
                .put("return_token_strs", true);
        body.put("content", text).put("add_special", false).put("with_pieces", true);
        body.put("inputs", text);
        try {
            return Optional.of(Pieces.of(post("/tokenize", body, deadline)));
        } catch (CallFailure e) {
            if (e.isRefusal()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private ObjectNode body(Map<String, Object> options) {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", model);
        options.forEach((name, value) -> body.set(name, JSON.valueToTree(value)));
        return body;
    }

    private JsonNode post(String path, ObjectNode body, Deadline deadline) throws CallFailure {
        byte[] answer = endpoint.post(path, JSON.writeValueAsBytes(body), Map.of(), deadline.remaining());
        try {
            return StrictJson.read(answer);
        } catch (Malformed e) {
            throw CallFailure.lasting("malformed_answer", "the answer " + e.what());
        }
    }

    private static Completion completion(JsonNode answer) throws CallFailure {
        JsonNode choice = answer.path("choices").path(0);
        if (!choice.isObject()) {
            String error = answer.path("error").path("message").asString("");
            throw CallFailure.lasting(
                    "malformed_answer",
                    error.isBlank()
                            ? "the answer has no choices"
                            : "the answer is an error: " + Shown.shortened(error, MAX_SAID));
        }
        String finish = choice.path("finish_reason").asString("");
        JsonNode message = choice.path("message");
        JsonNode text = choice.has("message") ? message.path("content") : choice.path("text");
        List<Candidate> candidates = candidates(choice.path("logprobs"));
        requireText(message, text, finish, candidates);
        return new Completion(text.asString(""), finish, candidates);
    }

    /** A model that does not answer says so in one of several ways, none of which is an empty answer. */
    private static void requireText(JsonNode message, JsonNode text, String finish, List<Candidate> candidates)
            throws CallFailure {
        String refusal = message.path("refusal").asString("");
        if (!refusal.isBlank()) {
            throw CallFailure.refused(
                    "model_refused", "the model refused to answer: '" + Shown.shortened(refusal, MAX_SAID) + "'");
        }
        if (finish.equals("content_filter")) {
            throw CallFailure.refused("content_filter", "the server's content filter withheld the model's answer");
        }
        boolean absent = text.isNull() || text.isMissingNode();
        boolean empty = absent || text.isString() && text.asString().isEmpty();
        if (empty && !message.path("tool_calls").isEmpty()) {
            throw CallFailure.refused("tool_call", "the model called a tool instead of answering");
        }
        if (absent && candidates.isEmpty()) {
            throw finish.equals("length")
                    ? CallFailure.refused("cut_off", "the model ran out of tokens before it answered; allow it more")
                    : CallFailure.refused("no_content", "the model's answer has no content");
        }
        if (!absent && !text.isString()) {
            throw CallFailure.lasting(
                    "malformed_answer",
                    "the answer's content is " + Shown.shortened(text.toString(), MAX_SAID) + ", must be a text");
        }
    }

    /**
     * Chat's form is {@code content[].top_logprobs[]} of {@code {token, logprob}}, which llama.cpp and Ollama also use
     * for completions; completions' own is {@code top_logprobs[]}, each an object of token and log-probability.
     */
    private static List<Candidate> candidates(JsonNode logprobs) {
        List<Candidate> candidates = new ArrayList<>();
        for (JsonNode top : logprobs.path("content").path(0).path("top_logprobs")) {
            add(candidates, top.path("token").asString(""), top.path("logprob"));
        }
        for (Map.Entry<String, JsonNode> top :
                logprobs.path("top_logprobs").path(0).properties()) {
            add(candidates, top.getKey(), top.getValue());
        }
        return List.copyOf(candidates);
    }

    /** JSON has no minus infinity: servers write null, or a number that is as good. */
    private static void add(List<Candidate> candidates, String token, JsonNode logprob) {
        if (logprob.isNumber()) {
            candidates.add(new Candidate(token, logprob.doubleValue()));
        }
    }

    /**
     * @param text may be empty
     * @param finishReason empty if the server says none
     * @param firstToken the likeliest first tokens, likeliest first; empty if none were asked for, or the server has none
     */
    public record Completion(String text, String finishReason, List<Candidate> firstToken) {}

    /**
     * @param token its text, spaces kept
     * @param logProb natural logarithm
     */
    public record Candidate(String token, double logProb) {}

    @Override
    public String toString() {
        return "OpenAiServer[" + endpoint.url() + ", " + model + "]";
    }
}
