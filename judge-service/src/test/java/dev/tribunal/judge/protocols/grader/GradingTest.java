package dev.tribunal.judge.protocols.grader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeProtocol;
import dev.tribunal.contracts.judge.v1.JudgeProtocol.Threshold;
import dev.tribunal.judge.openai.OpenAiServer.Completion;
import dev.tribunal.judge.protocols.ProtocolCheck;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.servicekit.protocols.Score;
import dev.tribunal.servicekit.protocols.Score.Given;
import dev.tribunal.servicekit.protocols.Score.Missing;
import dev.tribunal.servicekit.protocols.ScoredItem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Graders that ask nobody. Those that ask a model are tested on recorded exchanges. */
class GradingTest {

    private static final ScoredItem ITEM = new ScoredItem(
            List.of(Message.user("2+2?")),
            "The answer is 4.",
            Map.of("answer", "4"),
            Map.of("options", List.of(Map.of("text", "three"), Map.of("text", "ANSWER"))));

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
        eq; The answer is 4.; 1
        eq; the answer is 4.; 0
        ne; The answer is 4.; 0
        ne; 4; 1
        like; {{item.answer}}; 1
        like; {{item.options[1].text}}; 0
        ilike; {{ item.options[1].text }}; 1
        ilike; five; 0
        """)
    void textsAreChecked(String operation, String reference, double expected) throws Exception {
        assertThat(grade("""
            {"type": "string_check", "name": "n", "input": "{{sample.output_text}}", "operation": "%s",
             "reference": "%s"}\
            """.formatted(operation, reference))).isEqualTo(new Given(expected));
    }

    /** Every text contains an empty one and differs from it, so that nothing would be decided. */
    @ParameterizedTest
    @CsvSource({"eq", "ne", "like", "ilike"})
    void anEmptyReferenceDecidesNothing(String operation) throws Exception {
        String check = """
            {"type": "string_check", "name": "n", "input": "{{sample.output_text}}", "operation": "%s",
             "reference": "%s"}\
            """;
        ScoredItem item = new ScoredItem(List.of(), "4", Map.of("answer", "", "space", " "), Map.of());
        for (String reference : List.of("{{item.answer}}", "{{item.space}}", "{{item.answer}} {{item.space}}")) {
            assertThat(Grading.of(json(check.formatted(operation, reference)), (m, t, o, d) -> fail())
                            .grade(item, Deadline.after(Duration.ofMinutes(1))))
                    .isInstanceOfSatisfying(
                            Missing.class, missing -> assertThat(missing.code()).isEqualTo("empty_reference"));
        }
        assertThat(Grading.errors(json(check.formatted(operation, " "))))
                .singleElement()
                .satisfies(error -> assertThat(error.pointer()).isEqualTo("/reference"));
    }

    @Test
    void similarityToNothingDecidesNothing() throws Exception {
        String similarity = """
            {"type": "text_similarity", "name": "n", "input": "x", "reference": "%s", "evaluation_metric": "bleu"}\
            """;
        ScoredItem item = new ScoredItem(List.of(), "4", Map.of("answer", ""), Map.of());
        assertThat(Grading.of(json(similarity.formatted("{{item.answer}}")), (m, t, o, d) -> fail())
                        .grade(item, Deadline.after(Duration.ofMinutes(1))))
                .isInstanceOfSatisfying(
                        Missing.class, missing -> assertThat(missing.code()).isEqualTo("empty_reference"));
        assertThat(Grading.errors(json(similarity.formatted("")))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
        {"result": 0, "result": 1}; unreadable_grade
        {"result": "1"}; unreadable_grade
        {"result": true}; unreadable_grade
        {"result": NaN}; out_of_range
        {"result": 1e999}; out_of_range
        {"result": 1} I hope this helps; unreadable_grade
        I give it a 1; unreadable_grade
        """)
    void aGradeIsOneNumberInOneObject(String said, String code) throws Exception {
        Grading grading =
                Grading.of(json("""
                    {"type": "score_model", "name": "n", "model": "m", "input": [{"role": "user", "content": "Grade."}]}\
                    """), (model, turns, options, deadline) -> new Completion(said, "stop", List.of()));
        assertThat(grading.grade(ITEM, Deadline.after(Duration.ofMinutes(1))))
                .isInstanceOfSatisfying(
                        Missing.class, missing -> assertThat(missing.code()).isEqualTo(code));
    }

    @Test
    void aThresholdThatEverythingOrNothingPassesIsRefused() {
        Map<String, Object> grader = json("""
            {"type": "text_similarity", "name": "n", "input": "{{sample.output_text}}", "reference": "x",
             "evaluation_metric": "bleu"}\
            """);
        for (Threshold threshold : List.of(
                new Threshold(0.0, null),
                new Threshold(1.5, null),
                new Threshold(null, 1.5),
                new Threshold(null, 0.0))) {
            assertThat(ProtocolCheck.mistakes(new JudgeProtocol(null, grader, threshold), true))
                    .extracting(FieldError::pointer)
                    .containsExactly("/threshold");
        }
        assertThat(ProtocolCheck.mistakes(new JudgeProtocol(null, grader, new Threshold(0.5, null)), true))
                .isEmpty();
    }

    @Test
    void similarityIsAScore() throws Exception {
        assertThat(grade("""
            {"type": "text_similarity", "name": "n", "input": "{{item.answer}}", "reference": "44",
             "evaluation_metric": "fuzzy_match"}\
            """)).isEqualTo(new Given(2 / 3.0));
    }

    @Test
    void aMultiGraderWorksOutItsFormula() throws Exception {
        String multi = """
            {"type": "multi", "name": "n", "calculate_output": "%s", "graders": {
              "has4": {"type": "string_check", "name": "a", "input": "{{sample.output_text}}", "operation": "like",
                       "reference": "4"},
              "has5": {"type": "string_check", "name": "b", "input": "{{sample.output_text}}", "operation": "like",
                       "reference": "5"},
              "lost": {"type": "string_check", "name": "c", "input": "{{item.nothing}}", "operation": "eq",
                       "reference": "5"}}}\
            """;

        assertThat(grade(multi.formatted("0.75 * has4 + has5")))
                .extracting(score -> ((Given) score).value())
                .isEqualTo(0.75);
        assertThat(grade(multi.formatted("has4 / has5")))
                .extracting(score -> ((Missing) score).code())
                .isEqualTo("non_finite_score");
        assertThat(grade(multi.formatted("has4 + lost")))
                .extracting(score -> ((Missing) score).code())
                .isEqualTo("missing_field");
    }

    @Test
    void aGraderWithManyMistakesNamesThemAll() {
        List<FieldError> errors = Grading.errors(json("""
            {"type": "multi", "calculate_output": "a + z", "graders": {
              "a": {"type": "string_check", "input": "{{item}}", "operation": "equals", "reference": 5},
              "b": {"type": "text_similarity", "input": "{{sample.output_tools}}", "reference": "x",
                    "evaluation_metric": "cosine"},
              "c": {"type": "score_model", "input": [{"role": "robot", "content": {"type": "input_image"}}],
                    "range": [1, 0], "sampling_params": {"beams": 4}},
              "d": {"type": "label_model", "model": "m", "input": [], "labels": ["x"], "passing_labels": ["y"]},
              "e": {"type": "python", "source": "def grade(sample, item): return 1"},
              "f": {"type": "multi"}}}\
            """));

        assertThat(errors)
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder(
                        "/graders/a/input",
                        "/graders/a/reference",
                        "/graders/a/operation",
                        "/graders/b/input",
                        "/graders/b/evaluation_metric",
                        "/graders/c/model",
                        "/graders/c/input/0/role",
                        "/graders/c/input/0/content",
                        "/graders/c/sampling_params/beams",
                        "/graders/c/range",
                        "/graders/d/input",
                        "/graders/d/labels",
                        "/graders/d/passing_labels",
                        "/graders/e/type",
                        "/graders/f/type",
                        "/calculate_output");
        assertThat(errors)
                .extracting(FieldError::detail)
                .anyMatch(detail -> detail.startsWith("is 'python', which is not run here"))
                .anyMatch(detail -> detail.startsWith("is 'multi', which cannot stand within 'multi'"))
                .anyMatch(detail -> detail.startsWith("is 'cosine', which is not computed here: it needs an embedding"))
                .contains("is \"equals\", must be one of eq, ne, like, ilike");
    }

    @Test
    void passingIsWhatTheGraderSaysOrOneForChecksAndLabels() {
        assertThat(Grading.passThreshold(json("""
            {"type": "text_similarity", "input": "a", "reference": "b", "evaluation_metric": "bleu",
             "pass_threshold": 0.6}\
            """))).isEqualTo(0.6);
        assertThat(Grading.passThreshold(json("""
            {"type": "string_check", "input": "a", "reference": "b", "operation": "eq"}\
            """))).isEqualTo(1);
        assertThat(Grading.passThreshold(json("""
            {"type": "text_similarity", "input": "a", "reference": "b", "evaluation_metric": "bleu"}\
            """))).isNull();
    }

    private static Score grade(String grader) throws Exception {
        return Grading.of(json(grader), (model, messages, options, deadline) -> fail("no model is to be asked"))
                .grade(ITEM, Deadline.after(Duration.ofMinutes(1)));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(String grader) {
        return new JsonMapper().readValue(grader, Map.class);
    }
}
