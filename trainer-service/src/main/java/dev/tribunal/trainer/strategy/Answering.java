package dev.tribunal.trainer.strategy;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource.Answer;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.languagemodel.sampling.StopRule;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.generation.GroupSampler;
import dev.tribunal.trainer.strategy.Search.Taken;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers prompts by a strategy. Of each prompt the answer depends on the prompt, its index and the seed, and not on the
 * other prompts; with one completion it is what {@code sample} gives.
 */
public final class Answering {

    /** Sequences that are sampled at the same time, where a strategy leaves the choice. */
    private static final int SEQUENCES = 256;

    private final LanguageModel policy;
    private final SamplingOptions options;
    private final GenerationStrategy strategy;
    private final long tokenBudget;
    private final @Nullable Scorer scorer;
    private final @Nullable Verifier verifier;
    private final long seed;

    /**
     * @param tokenBudget the most tokens to sample for a prompt; null: as many as the strategy takes
     * @param scorer scores what is taken, and what the strategy chooses from if it goes by scores
     * @param verifier likewise, by verdicts
     * @throws IllegalArgumentException if the strategy needs a scorer or a verifier that is not there
     */
    public Answering(
            LanguageModel policy,
            SamplingOptions options,
            GenerationStrategy strategy,
            @Nullable Long tokenBudget,
            @Nullable Scorer scorer,
            @Nullable Verifier verifier,
            long seed) {
        if (strategy.needsRewardModel() && scorer == null || strategy.needsJudges() && verifier == null) {
            throw new IllegalArgumentException(strategy.name() + " needs a "
                    + (strategy.needsRewardModel() && scorer == null ? "reward model" : "judge"));
        }
        this.policy = policy;
        this.options = options;
        this.strategy = strategy;
        this.tokenBudget = tokenBudget == null ? strategy.mostTokens(options.maxNewTokens()) : tokenBudget;
        this.scorer = scorer;
        this.verifier = verifier;
        this.seed = seed;
    }

    /** How many prompts are best answered together. */
    public int promptsAtOnce() {
        return Math.max(1, SEQUENCES / strategy.width());
    }

    /** A prompt that is being answered. */
    private static final class Open {

        private final int index;
        private final Asked prompt;
        private final Search search;
        private long sampled;
        private int rated;
        private List<Draw> draws = List.of();

        Open(int index, Asked prompt, Search search) {
            this.index = index;
            this.prompt = prompt;
            this.search = search;
        }

        Rated rated(Candidate candidate) {
            return new Rated("p" + index + ".c" + rated++, prompt, candidate.asText());
        }
    }

    /**
     * Blocks until all prompts are answered.
     *
     * @param first index of the first prompt
     * @param stopIfAsked called at each token, and throws if nobody wants the answers any more
     * @return one a prompt, in order
     */
    public List<Answer> answer(int first, List<Asked> prompts, Runnable stopIfAsked) {
        List<Open> all = IntStream.range(0, prompts.size())
                .mapToObj(i -> new Open(first + i, prompts.get(i), search(first + i, prompts.get(i))))
                .toList();
        for (List<Open> drawing = drawing(all); !drawing.isEmpty(); drawing = drawing(all)) {
            List<List<Candidate>> sampled = sample(drawing, stopIfAsked);
            List<List<Candidate>> worth = rate(drawing, sampled, strategy.needsRewardModel(), strategy.needsJudges());
            for (int i = 0; i < drawing.size(); i++) {
                drawing.get(i).search.add(worth.get(i));
            }
        }
        List<Taken> taken = all.stream().map(open -> open.search.taken()).toList();
        List<List<Candidate>> chosen = taken.stream()
                .map(each -> List.of(each.candidates().get(each.index())))
                .toList();
        List<List<Candidate>> worth = rate(all, chosen, true, true);
        return IntStream.range(0, all.size())
                .mapToObj(i -> answer(all.get(i), taken.get(i), worth.get(i).getFirst()))
                .toList();
    }

    private List<Open> drawing(List<Open> all) {
        all.forEach(open -> open.draws = open.search.next(tokenBudget - open.sampled));
        return all.stream().filter(open -> !open.draws.isEmpty()).toList();
    }

    private Search search(int index, Asked prompt) {
        int[] drawn = new int[1];
        // The first is as if there were no other.
        Search.Keys keys =
                () -> drawn[0]++ == 0 ? CounterRandom.key(seed, index) : CounterRandom.key(seed, index, drawn[0] - 1);
        int longest = options.maxNewTokens();
        String last = prompt.lastMessage();
        return switch (strategy) {
            case GenerationStrategy.Sample _ ->
                new WholeCompletions(prompt, 1, 1, longest, c -> false, c -> Taken.of(c, 0, "the only one"), keys);
            case GenerationStrategy.BestOfN best ->
                new WholeCompletions(prompt, best.n(), best.n(), longest, c -> false, c -> Choice.best(best, c), keys);
            case GenerationStrategy.Majority vote ->
                new WholeCompletions(
                        prompt, vote.n(), vote.n(), longest, c -> false, c -> Choice.majority(vote, c, last), keys);
            case GenerationStrategy.WeightedVote vote ->
                new WholeCompletions(
                        prompt, vote.n(), vote.n(), longest, c -> false, c -> Choice.weighted(vote, c, last), keys);
            case GenerationStrategy.FirstFeasible first ->
                new WholeCompletions(
                        prompt,
                        first.n(),
                        1,
                        longest,
                        c -> c.feasibility() == Feasibility.FEASIBLE,
                        Choice::firstFeasible,
                        keys);
            case GenerationStrategy.StepBeam beam ->
                new Beams(
                        prompt,
                        beam,
                        longest,
                        policy.tokenizer().endOfSequenceIds(),
                        options.stop().strings(),
                        keys);
            case GenerationStrategy.SelfRefine refine ->
                new Refinement(
                        prompt, refine, longest, policy.configuration().maxPositions(), policy.tokenizer(), keys);
        };
    }

    /** Draws of the same context are one request. */
    private record Group(Open open, int from, int size) {}

    private List<List<Candidate>> sample(List<Open> drawing, Runnable stopIfAsked) {
        List<Group> groups =
                drawing.stream().flatMap(open -> groups(open).stream()).toList();
        List<SamplingRequest> requests = groups.stream().map(Answering::request).toList();
        List<List<Completion>> completions = new ArrayList<>(
                groups.stream().map(group -> List.<Completion>of()).toList());
        new GroupSampler(policy, optionsOfOneStep()).sample(requests, completions::set, stopIfAsked);
        List<List<Candidate>> candidates = new ArrayList<>();
        int group = 0;
        for (Open open : drawing) {
            List<Candidate> ofPrompt = new ArrayList<>();
            for (; group < groups.size() && groups.get(group).open() == open; group++) {
                for (Completion completion : completions.get(group)) {
                    open.sampled += completion.ids().length;
                    ofPrompt.add(candidate(open.draws.get(ofPrompt.size()), completion));
                }
            }
            candidates.add(ofPrompt);
        }
        return candidates;
    }

    private static List<Group> groups(Open open) {
        List<Group> groups = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= open.draws.size(); i++) {
            if (i == open.draws.size()
                    || !Arrays.equals(
                            open.draws.get(i).context(), open.draws.get(from).context())) {
                groups.add(new Group(open, from, i - from));
                from = i;
            }
        }
        return groups;
    }

    private static SamplingRequest request(Group group) {
        List<Draw> draws = group.open().draws.subList(group.from(), group.from() + group.size());
        return new SamplingRequest(
                draws.getFirst().context(),
                draws.stream().mapToLong(Draw::key).toArray(),
                draws.stream().mapToInt(Draw::maxNewTokens).toArray());
    }

    private SamplingOptions optionsOfOneStep() {
        if (!(strategy instanceof GenerationStrategy.StepBeam beam)) {
            return options;
        }
        List<String> stops = new ArrayList<>(options.stop().strings());
        stops.add(beam.step());
        return new SamplingOptions(
                options.maxNewTokens(), options.temperature(), options.topK(), options.topP(), StopRule.at(stops));
    }

    private Candidate candidate(Draw draw, Completion completion) {
        if (draw.written().length == 0) {
            return Candidate.of(completion.ids(), completion.text(), completion.finishReason());
        }
        int[] ids = Arrays.copyOf(draw.written(), draw.written().length + completion.ids().length);
        System.arraycopy(completion.ids(), 0, ids, draw.written().length, completion.ids().length);
        return Candidate.of(ids, policy.tokenizer().decode(ids), completion.finishReason());
    }

    /** With what is asked for and not known yet. */
    private List<List<Candidate>> rate(
            List<Open> of, List<List<Candidate>> candidates, boolean scores, boolean verdicts) {
        List<Rated> items = new ArrayList<>();
        List<Candidate> flat = new ArrayList<>();
        for (int i = 0; i < of.size(); i++) {
            for (Candidate candidate : candidates.get(i)) {
                items.add(of.get(i).rated(candidate));
                flat.add(candidate);
            }
        }
        double[] scored = scores ? scores(items, flat) : new double[0];
        List<List<JudgeVerdict>> judged = verdicts ? verdicts(items, flat) : List.of();
        int next = 0;
        List<List<Candidate>> rated = new ArrayList<>();
        for (List<Candidate> ofPrompt : candidates) {
            List<Candidate> known = new ArrayList<>();
            for (Candidate candidate : ofPrompt) {
                known.add(candidate.with(
                        scores ? scored[next] : candidate.score(), verdicts ? judged.get(next) : candidate.verdicts()));
                next++;
            }
            rated.add(known);
        }
        return rated;
    }

    private double[] scores(List<Rated> items, List<Candidate> candidates) {
        double[] scores = candidates.stream().mapToDouble(Candidate::score).toArray();
        int[] missing = IntStream.range(0, scores.length)
                .filter(i -> Double.isNaN(scores[i]))
                .toArray();
        if (scorer != null && missing.length > 0) {
            double[] given =
                    scorer.score(Arrays.stream(missing).mapToObj(items::get).toList());
            for (int i = 0; i < missing.length; i++) {
                scores[missing[i]] = given[i];
            }
        }
        return scores;
    }

    private List<List<JudgeVerdict>> verdicts(List<Rated> items, List<Candidate> candidates) {
        List<List<JudgeVerdict>> verdicts =
                new ArrayList<>(candidates.stream().map(Candidate::verdicts).toList());
        int[] missing = IntStream.range(0, verdicts.size())
                .filter(i -> verdicts.get(i).isEmpty())
                .toArray();
        if (verifier != null && missing.length > 0) {
            List<List<JudgeVerdict>> given =
                    verifier.judge(Arrays.stream(missing).mapToObj(items::get).toList());
            for (int i = 0; i < missing.length; i++) {
                verdicts.set(missing[i], given.get(i));
            }
        }
        return verdicts;
    }

    private static Answer answer(Open open, Taken taken, Candidate chosen) {
        List<Candidate> candidates = new ArrayList<>(taken.candidates());
        candidates.set(taken.index(), chosen);
        return new Answer(
                open.index,
                chosen.text(),
                Objects.requireNonNull(chosen.asText().finishReason()),
                chosen.ids().length,
                open.sampled,
                taken.index(),
                taken.why(),
                taken.klBound(),
                IntStream.range(0, candidates.size())
                        .mapToObj(i -> candidates
                                .get(i)
                                .resource(
                                        taken.answers() == null
                                                ? null
                                                : taken.answers().get(i),
                                        taken.weights() == null ? null : (Double) taken.weights()[i]))
                        .toList());
    }
}
