package dev.tribunal.embedded;

import java.util.Map;

/**
 * A prompt of the tiny world, and the ways in which one may reply to it, well or badly.
 *
 * <p>A good reply is one that the task's judges find feasible; a bad one violates at least one of them.
 */
sealed interface Situation permits Request, RuledText, WordProblem, SharedNews {

    /** What the prompt is about, whatever its wording: training and held-out prompts share none. */
    String content();

    String prompt();

    /** A good and plain reply: the baseline completion, against which rewards are calibrated. */
    String baseline();

    /** A reply as the demonstrators write it, plain or flattering. */
    String reply(boolean good, Draws draws);

    /** What a rule judge checks the reply against, or nothing. */
    default Map<String, Object> reference() {
        return Map.of();
    }

    default Map<String, Object> metadata() {
        return Map.of();
    }
}
