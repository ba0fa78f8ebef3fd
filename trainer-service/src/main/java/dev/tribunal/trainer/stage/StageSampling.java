package dev.tribunal.trainer.stage;

import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.generation.GroupSampler;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.inputs.PromptSet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A policy answers prompts for a stage, each completion by itself.
 *
 * @param index of the stage
 * @param seed of every random number
 * @param generations completions of each prompt
 */
record StageSampling(TrainingRun run, int index, long seed, int generations) {

    /** Prompts that are answered between two looks at whether the run is to pause; always the same, for the same numbers. */
    static final int AT_ONCE = 32;

    /**
     * @return the completions of the prompts from one to before another
     * @throws dev.tribunal.trainer.journal.RunJournal.StepAbandonedException if the run is to pause
     */
    List<List<Completion>> of(PromptSet set, int from, int to, LanguageModel policy) {
        RandomKeys keys = new RandomKeys(seed);
        List<List<Completion>> answers = new ArrayList<>();
        List<SamplingRequest> requests = new ArrayList<>();
        for (int i = from; i < to; i++) {
            int prompt = i;
            answers.add(List.of());
            requests.add(new SamplingRequest(
                    set.ids().get(prompt),
                    IntStream.range(0, generations)
                            .mapToLong(sample -> keys.generated(index, prompt, sample))
                            .toArray()));
        }
        new GroupSampler(policy, run.samplingOptions()).sample(requests, answers::set, run.journal()::stopIfAsked);
        return answers;
    }
}
