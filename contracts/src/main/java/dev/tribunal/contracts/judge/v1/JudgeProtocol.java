package dev.tribunal.contracts.judge.v1;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Findings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A judge that does not speak judge/v1: how it is asked, and how its score becomes a verdict. Exactly one of
 * {@code server} and {@code grader} is given.
 *
 * @param server a scoring server of another system, at the registration's endpoint
 * @param grader the JSON of an OpenAI grader, unchanged: {@code string_check}, {@code text_similarity} and {@code multi}
 *     are worked out here; {@code score_model} and {@code label_model} ask the OpenAI-compatible server at the
 *     registration's endpoint
 * @param threshold required for a server; a grader has its own where it is {@code string_check} or {@code label_model},
 *     or says {@code pass_threshold}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JudgeProtocol(
        @Nullable ScoringServer server,
        @Nullable Map<String, Object> grader,
        @Nullable Threshold threshold) implements Checked {

    @Override
    public void check(Findings findings) {
        if ((server == null) == (grader == null)) {
            findings.mistake("", "needs either 'server' or 'grader'");
        } else if (server != null && threshold == null) {
            findings.mistake(
                    "/threshold",
                    "is missing; say from which score on an item is satisfied, for example {\"atLeast\": 0.5}");
        }
    }

    /**
     * Which scores are satisfied; exactly one of the two. All others are violated.
     *
     * @param atLeast satisfied from this score on
     * @param below satisfied below this score, for what is better absent
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Threshold(
            @Nullable Double atLeast, @Nullable Double below) implements Checked {

        @Override
        public void check(Findings findings) {
            if ((atLeast == null) == (below == null)) {
                findings.mistake("", "needs either 'atLeast' or 'below'");
            }
        }
    }
}
