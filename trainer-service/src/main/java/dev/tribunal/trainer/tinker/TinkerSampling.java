package dev.tribunal.trainer.tinker;

import dev.tribunal.languagemodel.generation.StopSearch;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.tinker.Messages.Sampled;
import dev.tribunal.trainer.tinker.TinkerClient.Promise;
import dev.tribunal.trainer.tinker.TinkerClient.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Samples from weights on a Tinker server.
 *
 * @param weights writes into a request which weights to sample from
 * @param stop throws if nobody wants it any more
 */
record TinkerSampling(TinkerEngine engine, SamplingOptions options, Consumer<ObjectNode> weights, Runnable stop) {

    /** All requests are submitted before the first is waited for. */
    void sample(List<SamplingRequest> requests, SamplingListener listener) {
        Set<Integer> ends = endIds();
        List<Asked> asked = new ArrayList<>();
        for (int prompt = 0; prompt < requests.size(); prompt++) {
            SamplingRequest request = requests.get(prompt);
            for (int sample = 0; sample < request.randomKeys().length; ) {
                int length = request.maxNewTokens(sample, options);
                int end = sample + 1;
                while (end < request.randomKeys().length && request.maxNewTokens(end, options) == length) {
                    end++;
                }
                int count = end - sample;
                asked.add(new Asked(prompt, sample, count, ask(request, sample, count, length, ends)));
                sample = end;
            }
        }
        for (Asked each : asked) {
            List<Sampled> sampled = engine.client().await(each.promise(), stop).read(Messages::sampled);
            if (sampled.size() != each.count()) {
                throw new TrainingFailedException(
                        "the Tinker server gave " + sampled.size() + " samples, not " + each.count());
            }
            for (int i = 0; i < sampled.size(); i++) {
                SampledCompletion completion = completion(each.prompt(), each.firstSample() + i, sampled.get(i), ends);
                for (int id : completion.ids()) {
                    listener.drawn(completion.prompt(), completion.sample(), id);
                }
                listener.finished(completion);
            }
        }
    }

    /** Samples of a prompt, from one on, as many as are equally long. */
    private record Asked(int prompt, int firstSample, int count, Promise promise) {}

    private Promise ask(SamplingRequest request, int sample, int count, int length, Set<Integer> ends) {
        ObjectNode body = TinkerEngine.body("sample");
        ObjectNode chunk = body.putObject("prompt").putArray("chunks").addObject();
        chunk.put("type", "encoded_text");
        addAll(chunk.putArray("tokens"), request.prompt());
        ObjectNode how = body.putObject("sampling_params");
        how.put("max_tokens", length);
        how.put("seed", TinkerEngine.seedOf(request.randomKeys()[sample]));
        how.put("temperature", options.temperature());
        how.put("top_k", options.topK() == 0 ? -1 : options.topK());
        how.put("top_p", options.topP());
        addAll(
                how.putArray("stop"),
                ends.stream().mapToInt(Integer::intValue).sorted().toArray());
        body.put("num_samples", count);
        weights.accept(body);
        return engine.client().submit(Request.json("asample", body), stop);
    }

    private static void addAll(ArrayNode array, int[] values) {
        for (int value : values) {
            array.add(value);
        }
    }

    /** A server takes either tokens or texts: texts are looked for here. */
    private Set<Integer> endIds() {
        Set<Integer> ids = new HashSet<>(options.stop().ids());
        if (options.stop().endOfSequence()) {
            Arrays.stream(engine.tokenizer().endOfSequenceIds()).forEach(ids::add);
        }
        return ids;
    }

    private SampledCompletion completion(int prompt, int sample, Sampled sampled, Set<Integer> ends) {
        int[] ids = sampled.tokens();
        if (ids.length == 0 || sampled.logProbs().length != ids.length) {
            throw new TrainingFailedException("the Tinker server gave a sample of " + ids.length + " tokens with "
                    + sampled.logProbs().length + " log-probabilities");
        }
        List<String> texts = options.stop().strings();
        StopSearch search = texts.isEmpty() ? null : new StopSearch(texts, engine.tokenizer());
        for (int length = 1; length <= ids.length; length++) {
            int id = ids[length - 1];
            boolean completes = search != null && search.completedBy(id);
            if (completes || ends.contains(id)) {
                return new SampledCompletion(
                        prompt,
                        sample,
                        Arrays.copyOf(ids, length),
                        Arrays.copyOf(sampled.logProbs(), length),
                        FinishReason.STOP);
            }
        }
        return new SampledCompletion(prompt, sample, ids, sampled.logProbs(), FinishReason.LENGTH);
    }
}
