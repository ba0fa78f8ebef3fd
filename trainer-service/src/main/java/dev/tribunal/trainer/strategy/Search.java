package dev.tribunal.trainer.strategy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A strategy at work on one prompt. */
interface Search {

    /**
     * What is to be sampled now.
     *
     * @param left tokens that may still be sampled, at least 0
     * @return empty once it is done
     */
    List<Draw> next(long left);

    /** What was sampled, in the order of the draws, scored and judged as the strategy wants it. */
    void add(List<Candidate> sampled);

    /** What is taken, when it is done. */
    Taken taken();

    /** A further random key of the prompt's. */
    interface Keys {
        long next();
    }

    /**
     * @param index among the candidates
     * @param why for people
     * @param answers one a candidate; null where nothing votes
     * @param weights likewise
     * @param klBound nats; null but for best of n
     */
    record Taken(
            List<Candidate> candidates,
            int index,
            String why,
            @Nullable List<String> answers,
            double @Nullable [] weights,
            @Nullable Double klBound) {

        static Taken of(List<Candidate> candidates, int index, String why) {
            return new Taken(candidates, index, why, null, null, null);
        }
    }
}
