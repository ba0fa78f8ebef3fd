package dev.tribunal.trainer.strategy;

import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.BeamValue;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.StepBeam;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.methods.selection.Best;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Step beam. Beams that have come to their end stay among the others and are not continued. Of the budget as much is kept
 * back as one beam needs to come to its end: when the rest is spent, only the best beam goes on.
 */
final class Beams implements Search {

    private final Asked prompt;
    private final StepBeam strategy;
    private final int maxNewTokens;
    private final Set<Integer> ends;
    private final List<String> stops;
    private final Keys keys;
    private List<Beam> beams;
    /** Of the draws under way. */
    private List<Beam> continued = List.of();

    /** @param value what beams are compared by; of the empty one, NaN */
    private record Beam(Candidate candidate, double value, boolean ended) {}

    /**
     * @param ends ids that end a completion
     * @param stops texts that end one
     */
    Beams(Asked prompt, StepBeam strategy, int maxNewTokens, int[] ends, List<String> stops, Keys keys) {
        this.prompt = prompt;
        this.strategy = strategy;
        this.maxNewTokens = maxNewTokens;
        this.ends = Arrays.stream(ends).boxed().collect(Collectors.toSet());
        this.stops = stops;
        this.keys = keys;
        beams = List.of(new Beam(Candidate.of(new int[0], "", FinishReason.LENGTH), Double.NaN, false));
    }

    @Override
    public List<Draw> next(long left) {
        List<Beam> live = beams.stream().filter(beam -> !beam.ended()).toList();
        if (live.isEmpty() || left == 0) {
            return List.of();
        }
        int rest = live.stream().mapToInt(this::room).max().orElseThrow();
        int step = Math.min(strategy.stepTokens(), rest);
        long affordable = Math.max(1, (left - (rest - step)) / step);
        continued = new ArrayList<>();
        for (Beam beam : live) {
            for (int i = 0; i < strategy.expansions() && continued.size() < affordable; i++) {
                continued.add(beam);
            }
        }
        return continued.stream().map(beam -> draw(beam, left)).toList();
    }

    private Draw draw(Beam beam, long left) {
        int[] written = beam.candidate().ids();
        int[] context = Arrays.copyOf(prompt.ids(), prompt.ids().length + written.length);
        System.arraycopy(written, 0, context, prompt.ids().length, written.length);
        int longest = (int) Math.min(left, Math.min(strategy.stepTokens(), room(beam)));
        return new Draw(context, written, keys.next(), longest);
    }

    /** Tokens that a beam may still have. */
    private int room(Beam beam) {
        return maxNewTokens - beam.candidate().ids().length;
    }

    @Override
    public void add(List<Candidate> sampled) {
        List<Beam> all = new ArrayList<>(beams.stream().filter(Beam::ended).toList());
        for (int i = 0; i < sampled.size(); i++) {
            all.add(grown(continued.get(i), sampled.get(i)));
        }
        beams = best(all);
    }

    private Beam grown(Beam before, Candidate now) {
        boolean stopped =
                ends.contains(now.ids()[now.ids().length - 1]) || stops.stream().anyMatch(now.text()::contains);
        double value = switch (strategy.value()) {
            case LAST -> now.score();
            // Of a step that could not be scored, what is known is what was before.
            case BEST -> Double.isNaN(now.score()) || before.value() > now.score() ? before.value() : now.score();
        };
        Candidate ended = new Candidate(
                now.ids(), now.text(), stopped ? FinishReason.STOP : FinishReason.LENGTH, now.score(), now.verdicts());
        return new Beam(ended, value, stopped || now.ids().length >= maxNewTokens);
    }

    /** The first of equals first, and those without a value last. */
    private List<Beam> best(List<Beam> all) {
        return all.stream()
                .sorted(Comparator.comparingDouble(
                        beam -> Double.isNaN(beam.value()) ? Double.POSITIVE_INFINITY : -beam.value()))
                .limit(strategy.beams())
                .toList();
    }

    @Override
    public Taken taken() {
        List<Candidate> candidates = beams.stream().map(Beam::candidate).toList();
        boolean someEnded = beams.stream().anyMatch(Beam::ended);
        int taken = Best.highest(
                        beams.size(),
                        i -> beams.get(i).value(),
                        i -> !someEnded || beams.get(i).ended())
                .orElse(0);
        String by = strategy.value() == BeamValue.LAST ? "the highest score of " : "the highest score at any step of ";
        return Taken.of(
                candidates,
                taken,
                by + candidates.size() + " beams" + (someEnded ? "" : ", none of which came to its end"));
    }
}
