package dev.tribunal.local.bench;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.LanguageModel.ForwardPass;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.local.EngineSpeed;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.languagemodel.sampling.StopRule;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * GRPO's step on an engine: sample, score with the reference, forward, backward, clip, AdamW. Rewards and advantages
 * cost next to nothing here, so that the time is the engine's.
 */
public final class EngineBench {

    private static final AdamW ADAMW = AdamW.of(1e-6, 1.0);

    private final LanguageModel policy;
    private final LanguageModel reference;
    private final List<int[]> prompts;
    private final StepWork work;

    /** @param prompts token ids; the steps go through them round and round */
    public EngineBench(LanguageModel policy, LanguageModel reference, List<int[]> prompts, StepWork work) {
        this.policy = policy;
        this.reference = reference;
        this.prompts = prompts;
        this.work = work;
    }

    /**
     * @param steps to measure, after one that warms up
     * @param onStep called after each step with its number, the first one's being 0
     */
    public EngineTimes run(int steps, IntConsumer onStep) {
        List<Map<Phase, Double>> measured = new ArrayList<>();
        for (int step = 0; step <= steps; step++) {
            Map<Phase, Double> seconds = step(step);
            if (step > 0) {
                measured.add(seconds);
            }
            onStep.accept(step);
        }
        return EngineTimes.of(measured, work.tokens(), gigaflop(steps), EngineSpeed.productGigaflops(reference));
    }

    /** Of a step, in the mean over those that are measured. */
    private double gigaflop(int steps) {
        double promptTokens = IntStream.range(work.prompts(), (steps + 1) * work.prompts())
                        .map(i -> prompts.get(i % prompts.size()).length)
                        .sum()
                / (double) steps;
        return StepArithmetic.gigaflop(policy.configuration(), promptTokens, work.tokens());
    }

    private Map<Phase, Double> step(int step) {
        Map<Phase, Double> seconds = new EnumMap<>(Phase.class);
        List<TokenSequence> sequences = timed(Phase.SAMPLING, seconds, () -> sample(step));
        List<float[]> referenceLogProbs = timed(Phase.REFERENCE, seconds, () -> reference.logProbs(sequences));
        try (ForwardPass pass = timed(Phase.FORWARD, seconds, () -> policy.forward(sequences))) {
            List<double[]> weights = weights(sequences, pass.logProbs(), referenceLogProbs);
            timed(Phase.BACKWARD, seconds, () -> {
                pass.backward(TokenSlopes.ofLogProbs(weights));
                return true;
            });
        }
        timed(Phase.STEP, seconds, () -> policy.step(ADAMW));
        return seconds;
    }

    /** Prompt after prompt, each one's completions together. */
    private List<TokenSequence> sample(int step) {
        List<SamplingRequest> requests = IntStream.range(0, work.prompts())
                .mapToObj(p -> new SamplingRequest(
                        prompts.get((step * work.prompts() + p) % prompts.size()),
                        LongStream.range(0, work.generations())
                                .map(sample -> CounterRandom.key(step, p, sample))
                                .toArray(),
                        work.lengths(p)))
                .toList();
        TokenSequence[] sequences = new TokenSequence[work.prompts() * work.generations()];
        policy.sample(requests, new SamplingOptions(work.newTokens(), 1, StopRule.NEVER), (SampledCompletion c) -> {
            int place = c.prompt() * work.generations() + c.sample();
            sequences[place] = new TokenSequence(requests.get(c.prompt()).prompt(), c.ids());
        });
        return List.of(sequences);
    }

    private List<double[]> weights(List<TokenSequence> sequences, List<float[]> ofPolicy, List<float[]> ofReference) {
        List<double[]> weights = new ArrayList<>();
        for (int from = 0; from < sequences.size(); from += work.generations()) {
            int to = from + work.generations();
            double[] rewards = sequences.subList(from, to).stream()
                    .mapToDouble(sequence ->
                            policy.tokenizer().decode(sequence.completion()).length() % 7)
                    .toArray();
            weights.addAll(
                    GroupWeights.of(rewards, ofPolicy.subList(from, to), ofReference.subList(from, to), work.tokens()));
        }
        return weights;
    }

    private static <T> T timed(Phase phase, Map<Phase, Double> seconds, Supplier<T> work) {
        long start = System.nanoTime();
        T result = work.get();
        seconds.put(phase, (System.nanoTime() - start) / 1e9);
        return result;
    }
}
