package dev.tribunal.judge.protocols.grader;

import dev.tribunal.servicekit.protocols.Template;
import java.util.List;
import java.util.Map;

/**
 * What a grader compares, or asks.
 *
 * @see <a href="https://developers.openai.com/api/docs/guides/graders">OpenAI: Graders</a>
 * @see <a href="https://developers.openai.com/api/reference/resources/graders">OpenAI: Graders, reference</a>
 */
sealed interface Grader {

    /** 1 or 0. */
    record StringCheck(Template input, Operation operation, Template reference) implements Grader {}

    enum Operation {
        EQ,
        NE,
        /** The input contains the reference. */
        LIKE,
        /** The same, in any case. */
        ILIKE
    }

    /** 0 to 1. */
    record TextSimilarity(Template input, Similarity metric, Template reference) implements Grader {}

    /** A number of the model's, within bounds. */
    record ScoreModel(GraderPrompt prompt, double least, double most) implements Grader {}

    /** 1 if the label that the model chooses is a passing one, else 0. */
    record LabelModel(GraderPrompt prompt, List<String> labels, List<String> passingLabels) implements Grader {}

    /** A formula over other graders' scores. */
    record Multi(Map<String, Grader> graders, Formula formula) implements Grader {}

    /** @param sampling fields of the request to the model, as chat completions name them */
    record GraderPrompt(String model, List<Turn> input, Map<String, Object> sampling) {}

    /** @param role system, user or assistant */
    record Turn(String role, Template content) {}
}
