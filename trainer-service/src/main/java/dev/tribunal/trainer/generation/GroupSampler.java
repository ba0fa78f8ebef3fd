package dev.tribunal.trainer.generation;

import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Samples groups: all completions of a prompt are handed over together. */
public final class GroupSampler {

    private final TokenSampler sampler;
    private final ChatTokenizer tokenizer;
    private final SamplingOptions options;

    public GroupSampler(LanguageModel model, SamplingOptions options) {
        this(model::sample, model.tokenizer(), options);
    }

    /** @param tokenizer of the model whose weights the sampler has */
    public GroupSampler(TokenSampler sampler, ChatTokenizer tokenizer, SamplingOptions options) {
        this.sampler = sampler;
        this.tokenizer = tokenizer;
        this.options = options;
    }

    /**
     * Returns when every group is handed over. A wide batch costs little more than a narrow one, so ask for many groups
     * at once.
     *
     * @param requests one a group
     * @param stopIfAsked called at each token, and throws if nobody wants the completions any more
     */
    public void sample(List<SamplingRequest> requests, Listener listener, Runnable stopIfAsked) {
        List<Completion[]> groups = new ArrayList<>();
        requests.forEach(request -> groups.add(new Completion[request.randomKeys().length]));
        int[] missing = groups.stream().mapToInt(group -> group.length).toArray();
        sampler.sample(requests, options, new SamplingListener() {
            @Override
            public void finished(SampledCompletion sampled) {
                Completion[] group = groups.get(sampled.prompt());
                group[sampled.sample()] = completion(sampled);
                if (--missing[sampled.prompt()] == 0) {
                    listener.finished(sampled.prompt(), Arrays.asList(group));
                }
            }

            @Override
            public void drawn(int prompt, int sample, int id) {
                stopIfAsked.run();
            }
        });
    }

    private Completion completion(SampledCompletion sampled) {
        String text = tokenizer.decode(sampled.ids());
        return new Completion(sampled.ids(), sampled.logProbs(), text, sampled.finishReason());
    }

    /** Hears of finished groups, on the model's thread: it must not keep it waiting. */
    public interface Listener {

        /** @param group index of the request; {@code completions} in the order of its random keys */
        void finished(int group, List<Completion> completions);
    }
}
