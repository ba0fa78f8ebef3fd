package dev.tribunal.trainer.vllm;

import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.StopRule;
import dev.tribunal.servicekit.json.StrictJson;
import dev.tribunal.servicekit.json.StrictJson.Malformed;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.outbound.JsonEndpoint;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One vLLM server's API, as vLLM 0.32 has it: {@code /v1/completions} with token ids in and out, {@code
 * /v1/load_lora_adapter} and {@code /v1/unload_lora_adapter}. Each call is one request.
 *
 * @param timeout for one answer
 */
record VllmServer(JsonEndpoint endpoint, Duration timeout) {

    private static final JsonMapper JSON = new JsonMapper();

    /** For what takes no time. */
    private static final Duration SHORT = Duration.ofSeconds(10);

    /** A server sets the seed of the i-th of n samples to seed + i, which must not run over. */
    private static final long SEEDS = Long.MAX_VALUE >>> 1;

    /** For people, and in names of metrics. */
    String name() {
        return URI.create(endpoint.url()).getAuthority();
    }

    /** The names that completions can be asked of: the base model's and the adapters'. */
    List<String> models() throws CallFailure {
        List<String> names = new ArrayList<>();
        for (JsonNode model : read(endpoint.get("/v1/models", limit(SHORT))).path("data")) {
            names.add(model.path("id").asString(""));
        }
        return names;
    }

    /**
     * @param path of PEFT's directory, as the server sees it
     * @throws CallFailure if it is a refusal, with what the server says: it does not see the path, the rank is larger than
     *     it was started for, ...
     */
    void load(String name, String path) throws CallFailure {
        ObjectNode body = JSON.createObjectNode().put("lora_name", name).put("lora_path", path);
        try {
            endpoint.tell("/v1/load_lora_adapter", JSON.writeValueAsBytes(body), timeout);
        } catch (CallFailure refused) {
            // A request whose answer was lost is sent again, and no other adapter has the name.
            if (!(refused.isRefusal() && String.valueOf(refused.getMessage()).contains("already been loaded"))) {
                throw refused;
            }
        }
    }

    void unload(String name, Duration atMost) throws CallFailure {
        ObjectNode body = JSON.createObjectNode().put("lora_name", name);
        endpoint.tell("/v1/unload_lora_adapter", JSON.writeValueAsBytes(body), limit(atMost));
    }

    private Duration limit(Duration atMost) {
        return atMost.compareTo(timeout) < 0 ? atMost : timeout;
    }

    /**
     * Completions of one prompt. Everything that a model's {@code generation_config.json} could change on the server is
     * said, so that the tokens are drawn from the distribution that the log-probabilities are of.
     *
     * @param samples at temperature 0, where all would be the same and the server refuses several, one is asked for
     * @param key random key of the first one
     * @param endIds tokens that end a completion, whatever the server takes for them
     * @return as many as were asked for, in order, all of prompt 0
     */
    List<SampledCompletion> complete(
            String adapter, int[] prompt, int samples, long key, int maxTokens, SamplingOptions options, int[] endIds)
            throws CallFailure {
        StopRule stop = options.stop();
        ObjectNode body = JSON.createObjectNode().put("model", adapter);
        body.set("prompt", ids(prompt));
        int asked = options.temperature() == 0 ? 1 : samples;
        body.put("n", asked).put("max_tokens", maxTokens).put("seed", key & SEEDS);
        body.put("temperature", options.temperature())
                .put("top_p", options.topP())
                .put("top_k", options.topK())
                .put("min_p", 0)
                .put("repetition_penalty", 1)
                .put("presence_penalty", 0)
                .put("frequency_penalty", 0);
        Set<Integer> ends = new TreeSet<>(stop.ids());
        if (stop.endOfSequence()) {
            IntStream.of(endIds).forEach(ends::add);
        }
        body.set("stop_token_ids", ids(ends.stream().mapToInt(id -> id).toArray()));
        body.set("stop", JSON.valueToTree(stop.strings()));
        body.put("ignore_eos", true).put("include_stop_str_in_output", true);
        body.put("logprobs", 0).put("return_token_ids", true);
        JsonNode choices = post(body).path("choices");
        if (choices.size() != asked) {
            throw malformed("has " + choices.size() + " choices, not " + asked);
        }
        SampledCompletion[] completions = new SampledCompletion[asked];
        for (JsonNode choice : choices) {
            int index = choice.path("index").asInt(-1);
            if (index < 0 || index >= asked || completions[index] != null) {
                throw malformed("has a choice with index " + choice.path("index"));
            }
            completions[index] = completion(choice, index, prompt, maxTokens);
        }
        return IntStream.range(0, samples)
                .mapToObj(sample -> as(sample, completions[asked == 1 ? 0 : sample]))
                .toList();
    }

    private static SampledCompletion as(int sample, SampledCompletion one) {
        return new SampledCompletion(0, sample, one.ids(), one.logProbs(), one.finishReason());
    }

    private static SampledCompletion completion(JsonNode choice, int index, int[] prompt, int maxTokens)
            throws CallFailure {
        JsonNode read = choice.path("prompt_token_ids");
        if (read.isArray() && !JSON.valueToTree(prompt).equals(read)) {
            throw malformed("is to another prompt: its prompt_token_ids are not those of the request");
        }
        JsonNode tokens = choice.path("token_ids");
        if (!tokens.isArray() || tokens.isEmpty() || tokens.size() > maxTokens) {
            throw malformed("has " + tokens.size() + " token_ids in a choice; vLLM gives them from 0.10.2 on");
        }
        JsonNode logProbs = choice.path("logprobs").path("token_logprobs");
        if (logProbs.size() != tokens.size()) {
            throw malformed("has " + tokens.size() + " token_ids, but " + logProbs.size() + " token_logprobs");
        }
        int[] ids = new int[tokens.size()];
        float[] values = new float[ids.length];
        for (int t = 0; t < ids.length; t++) {
            ids[t] = tokens.get(t).asInt(-1);
            values[t] = finite(logProbs.get(t));
        }
        FinishReason reason = switch (choice.path("finish_reason").asString("")) {
            case "stop" -> FinishReason.STOP;
            case "length" -> FinishReason.LENGTH;
            default ->
                throw CallFailure.passing(
                        "unfinished", "a completion ended with finish_reason " + choice.path("finish_reason"));
        };
        return new SampledCompletion(0, index, ids, values, reason);
    }

    private static float finite(JsonNode logProb) throws CallFailure {
        if (!logProb.isNumber() || !Float.isFinite(logProb.floatValue())) {
            throw malformed("has the log-probability " + logProb);
        }
        return logProb.floatValue();
    }

    /** {@code [tokens - 1]}: the log-probability of each token but the first, after those before it. */
    float[] score(String adapter, int[] tokens) throws CallFailure {
        ObjectNode body = JSON.createObjectNode().put("model", adapter);
        body.set("prompt", ids(tokens));
        body.put("max_tokens", 1)
                .put("temperature", 0)
                .put("prompt_logprobs", 0)
                .put("return_token_ids", true);
        JsonNode logProbs = post(body).path("choices").path(0).path("prompt_logprobs");
        if (logProbs.size() != tokens.length) {
            throw malformed("has " + logProbs.size() + " prompt_logprobs of " + tokens.length + " tokens");
        }
        float[] values = new float[tokens.length - 1];
        for (int t = 1; t < tokens.length; t++) {
            values[t - 1] =
                    finite(logProbs.get(t).path(String.valueOf(tokens[t])).path("logprob"));
        }
        return values;
    }

    private static ArrayNode ids(int[] ids) {
        ArrayNode array = JSON.createArrayNode();
        for (int id : ids) {
            array.add(id);
        }
        return array;
    }

    private JsonNode post(ObjectNode body) throws CallFailure {
        return read(endpoint.post("/v1/completions", JSON.writeValueAsBytes(body), Map.of(), timeout));
    }

    private static JsonNode read(byte[] answer) throws CallFailure {
        try {
            return StrictJson.read(answer);
        } catch (Malformed e) {
            throw malformed(e.what());
        }
    }

    private static CallFailure malformed(String what) {
        return CallFailure.lasting("malformed_answer", "the answer " + what);
    }
}
