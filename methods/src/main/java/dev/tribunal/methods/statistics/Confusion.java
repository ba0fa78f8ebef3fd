package dev.tribunal.methods.statistics;

import java.util.Collection;
import java.util.OptionalDouble;

/**
 * What a judge and a second rater, a person or another judge, said of the same completions, both of them decided.
 * Who compares two judges takes the newer one for the judge.
 *
 * @param bothSatisfied both say satisfied
 * @param onlyJudgeSatisfied the judge says satisfied, the other one violated
 * @param onlyOtherSatisfied the judge says violated, the other one satisfied
 * @param bothViolated both say violated
 */
public record Confusion(long bothSatisfied, long onlyJudgeSatisfied, long onlyOtherSatisfied, long bothViolated) {

    public static final Confusion NONE = new Confusion(0, 0, 0, 0);

    /** Of one completion. */
    public static Confusion of(boolean judgeSatisfied, boolean otherSatisfied) {
        return new Confusion(
                judgeSatisfied && otherSatisfied ? 1 : 0,
                judgeSatisfied && !otherSatisfied ? 1 : 0,
                !judgeSatisfied && otherSatisfied ? 1 : 0,
                !judgeSatisfied && !otherSatisfied ? 1 : 0);
    }

    public static Confusion sum(Collection<Confusion> parts) {
        return parts.stream().reduce(NONE, Confusion::plus);
    }

    public Confusion plus(Confusion other) {
        return new Confusion(
                bothSatisfied + other.bothSatisfied,
                onlyJudgeSatisfied + other.onlyJudgeSatisfied,
                onlyOtherSatisfied + other.onlyOtherSatisfied,
                bothViolated + other.bothViolated);
    }

    /** Completions that both decided. */
    public long n() {
        return bothSatisfied + onlyJudgeSatisfied + onlyOtherSatisfied + bothViolated;
    }

    /** Of how many both say the same. */
    public long agreed() {
        return bothSatisfied + bothViolated;
    }

    /**
     * Cohen's kappa (Educational and Psychological Measurement 20, 1960): how much of the agreement that chance leaves
     * over is reached. Absent where nothing was decided, or each of the two says the same one thing always and chance
     * leaves nothing over.
     */
    public OptionalDouble kappa() {
        double value = kappaOrNaN();
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    double kappaOrNaN() {
        double n = n();
        double judge = (bothSatisfied + onlyJudgeSatisfied) / n;
        double other = (bothSatisfied + onlyOtherSatisfied) / n;
        double chance = judge * other + (1 - judge) * (1 - other);
        return chance == 1 ? Double.NaN : (agreed() / n - chance) / (1 - chance);
    }
}
