package dev.tribunal.methods.statistics;

import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How far a judge says what others say of the same completions, for example people. What it left undecided is counted
 * apart: it is neither right nor wrong, and in none of the shares. All intervals are those of 95 %.
 *
 * @param counts of the completions that the judge decided
 * @param undecided completions that the judge left undecided and the others decided
 * @param accuracy share of the decided that both say the same of; absent if none was decided
 * @param satisfied when the judge says satisfied
 * @param violated when the judge says violated
 * @param kappa Cohen's: 0 by chance, 1 at best; absent where one of the two always says the same
 */
public record Agreement(
        Confusion counts,
        long undecided,
        @Nullable Estimate accuracy,
        OfVerdict satisfied,
        OfVerdict violated,
        @Nullable Estimate kappa) {

    /**
     * @param precision of the completions that the judge says this of, the share that the others say it of too
     * @param recall of the completions that the others say this of, the share that the judge says it of too
     */
    public record OfVerdict(
            @Nullable Estimate precision, @Nullable Estimate recall) {}

    /**
     * @param byPrompt what was said of the completions of each prompt, which belong together
     * @param undecided as in the record
     */
    public static Agreement of(List<Confusion> byPrompt, long undecided) {
        return new Agreement(
                Confusion.sum(byPrompt),
                undecided,
                Estimate.share(byPrompt, Confusion::agreed, Confusion::n),
                ofVerdict(
                        byPrompt,
                        Confusion::bothSatisfied,
                        Confusion::onlyJudgeSatisfied,
                        Confusion::onlyOtherSatisfied),
                ofVerdict(
                        byPrompt,
                        Confusion::bothViolated,
                        Confusion::onlyOtherSatisfied,
                        Confusion::onlyJudgeSatisfied),
                Estimate.kappa(byPrompt));
    }

    private static OfVerdict ofVerdict(
            List<Confusion> byPrompt,
            ToLongFunction<Confusion> both,
            ToLongFunction<Confusion> onlyJudge,
            ToLongFunction<Confusion> onlyOther) {
        return new OfVerdict(
                Estimate.share(byPrompt, both, part -> both.applyAsLong(part) + onlyJudge.applyAsLong(part)),
                Estimate.share(byPrompt, both, part -> both.applyAsLong(part) + onlyOther.applyAsLong(part)));
    }
}
