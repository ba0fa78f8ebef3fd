package dev.tribunal.local.bench;

import java.util.List;

/**
 * What a mixture of judges behind HTTP does.
 *
 * @param cases one for each time that the judges took
 */
public record JudgeTimes(int judges, int itemsOfRequest, List<Case> cases, HungJudge hungJudge) {

    /**
     * @param judgeMillis that each judge took over a batch
     * @param inFlight requests at the same time
     * @param requests that were measured
     * @param p50Millis of a request, until all its verdicts are there
     */
    public record Case(
            int judgeMillis,
            int inFlight,
            int requests,
            double verdictsPerSecond,
            double p50Millis,
            double p99Millis) {}

    /**
     * A judge that hangs beside others that take no time, one request after the other.
     *
     * @param deadlineMillis of each judge
     * @param whileWellMillis median time of a request before the judge hangs
     * @param firstAddedMillis what each request took longer than that, until the breaker opened
     * @param openAddedMillis what the median of the requests after that took longer
     * @param openRequests how many those were
     */
    public record HungJudge(
            int deadlineMillis,
            double whileWellMillis,
            List<Double> firstAddedMillis,
            double openAddedMillis,
            int openRequests) {}

    /** @param share from 0 to 1 */
    static double percentile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * sorted.size())));
    }
}
