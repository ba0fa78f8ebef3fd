package dev.tribunal.methods.online;

import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Constant;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.rollout.Ranking;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * CRRAFT, calibrated-regularized reward-ranking fine-tuning (CGPO, arXiv 2409.20370, section 4.1.3): of each prompt's
 * completions that are feasible and near enough to the reference, the best becomes a demonstration, weighted by its
 * calibrated reward. Nothing is pushed down.
 *
 * <pre>
 * a* = argmax r(s,a) over a feasible with log(pi(a|s) / pi_ref(a|s)) &lt;= KL_max               (17)
 * g  = 1/n sum_i R_calib(s_i,a*_i) * grad log pi(a*_i|s_i)                     ascent           (18)
 * </pre>
 *
 * n counts the prompts. Where no completion is left, the baseline completion is a* if it is feasible, with weight
 * R_calib(s, a-bar) = sigma(0); else the prompt adds nothing. A completion that left the batch undecided might have been
 * feasible, so that beside one the baseline completion is not taken: a judge that fails would turn the method into
 * imitation of baseline completions.
 *
 * @param klMax KL_max, nats a sequence: a completion with a larger log-ratio is not taken
 */
public record Crraft(@Positive @Max(1_000_000_000) double klMax) implements Method, PolicyOptimizer {

    private static final double WEIGHT_OF_BASELINE = 0.5; // sigma(0)

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        return batch.stream()
                .flatMap(group -> terms(group, batch.size()).stream())
                .toList();
    }

    private List<LossTerm> terms(RatedGroup group, int n) {
        Optional<RatedRollout> best =
                Ranking.highest(group.candidates(), rollout -> rollout.feasible() && rollout.logRatio() <= klMax);
        List<LossTerm> terms = new ArrayList<>();
        for (RatedRollout rollout : group.candidates()) {
            terms.add(
                    best.filter(rollout::equals).isPresent()
                            ? Constant.of(rollout, rollout.reward(), n, "best", null)
                            : Constant.of(rollout, 0, n, null, null));
        }
        if (best.isEmpty() && group.undecided() == 0) {
            group.baselineCompletion()
                    .filter(RatedRollout::feasible)
                    .ifPresent(baseline -> terms.add(Constant.of(baseline, WEIGHT_OF_BASELINE, n, "baseline", null)));
        }
        return terms;
    }

    @Override
    public boolean learnsFrom(RatedGroup group) {
        return terms(List.of(group)).stream().anyMatch(term -> !term.isZero());
    }

    @Override
    public OptionalDouble leash() {
        return OptionalDouble.of(klMax);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.REFERENCE, Need.CALIBRATION, Need.BASELINE_VERDICTS);
    }

    @Override
    public String paper() {
        return "arXiv 2409.20370";
    }
}
