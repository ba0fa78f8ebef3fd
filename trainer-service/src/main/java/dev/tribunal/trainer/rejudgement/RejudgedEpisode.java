package dev.tribunal.trainer.rejudgement;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import org.jspecify.annotations.Nullable;

/**
 * What came of one completion.
 *
 * @param number of the episode in its run
 * @param before the verdict that is replaced; absent if none is
 * @param now the new verdict
 * @param weightsLack why weights could not be computed again; absent if they are, or if there are none
 */
record RejudgedEpisode(
        long number,
        @Nullable JudgeVerdict before,
        JudgeVerdict now,
        Worth worthBefore,
        Worth worthNow,
        @Nullable String weightsLack) {

    /**
     * @param feasible absent while undecided
     * @param reward constraints included; absent while undecided or without a score
     * @param weight in training; absent where it is not known
     */
    record Worth(
            @Nullable Boolean feasible,
            @Nullable Double reward,
            @Nullable Double weight) {}
}
