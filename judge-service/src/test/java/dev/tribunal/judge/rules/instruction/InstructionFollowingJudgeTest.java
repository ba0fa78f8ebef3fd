package dev.tribunal.judge.rules.instruction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.files.JsonLines;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.Opinion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Hand-written cases, from reading how each kind of instruction is defined. */
class InstructionFollowingJudgeTest {

    private static final JsonMapper JSON = new JsonMapper();

    private final InstructionFollowingJudge judge = new InstructionFollowingJudge();

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvFileSource(resources = "cases.txt", delimiter = '|', quoteCharacter = '~', numLinesToSkip = 1)
    void aResponseFollowsAnInstructionOrNot(String id, String kwargs, String response, boolean followed) {
        assertThat(decide(response.replace("\\n", "\n"), id, kwargs, Map.of()).satisfied())
                .isEqualTo(followed);
    }

    @Test
    void aBlankResponseFollowsNothing() {
        assertThat(decide(" \n ", "punctuation:no_comma", "{}", Map.of()).satisfied())
                .isFalse();
        assertThat(decide("", "length_constraints:number_words", """
                {"relation":"less than","num_words":9}\
                """, Map.of()).satisfied())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        startend:quotation | Sure, here it is:\\n"all of it" | true
        startend:quotation | "all of it"\\nAnything else? | true
        startend:quotation | Sure:\\n"all of it"\\nAnything else? | true
        startend:quotation | **"all of it"** | true
        startend:quotation | Sure:\\nWell:\\n"all of it" | false
        punctuation:no_comma | Sure, here:\\nno comma | true
        """)
    void theLooseReadingLetsPassWhatStandsAround(String id, String response, boolean followed) {
        String text = response.replace("\\n", "\n");
        assertThat(decide(text, id, "{}", Map.of("reading", "loose")).satisfied())
                .isEqualTo(followed);
        assertThat(decide(text, id, "{}", Map.of("reading", "strict")).satisfied())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ga\u0300 me\u0323", "co\u0301", "ro\u0303 ra\u0300ng", "cho\u0301 va\u0300 me\u0300o"})
    void aVietnameseMarkMayStandAsACharacterOfItsOwn(String response) {
        assertThat(decide(response, "language:response_language", """
                {"language":"vi"}\
                """, Map.of()).satisfied())
                .isTrue();
    }

    @Test
    void theScoreIsTheShareAndTheReasonNamesWhatIsNotFollowed() {
        Opinion opinion = judge(
                "one, two",
                List.of("punctuation:no_comma", "startend:quotation", "keywords:existence", "detectable_format:title"),
                """
                [{},{},{"keywords":["two"]},null]\
                """,
                Map.of());

        assertThat(opinion).isInstanceOfSatisfying(Opinion.Decided.class, decided -> {
            assertThat(decided.satisfied()).isFalse();
            assertThat(decided.score()).isEqualTo(0.25);
            assertThat(decided.reason())
                    .isEqualTo("does not follow punctuation:no_comma, startend:quotation, detectable_format:title");
        });
    }

    @Test
    void whatCannotBeCheckedIsUndecided() {
        assertThat(code(judge("x", List.of("poetry:rhyme"), "[{}]", Map.of()))).isEqualTo("unknown_instruction");
        assertThat(code(judge("x", List.of("keywords:existence"), "[{}]", Map.of())))
                .isEqualTo("malformed_instructions");
        assertThat(code(judge("", List.of("keywords:existence"), "[{}]", Map.of())))
                .isEqualTo("malformed_instructions");
        assertThat(code(judge("x", List.of("length_constraints:number_words"), """
                [{"relation":"about","num_words":5}]\
                """, Map.of())))
                .isEqualTo("malformed_instructions");
        assertThat(code(judge("x", List.of("length_constraints:nth_paragraph_first_word"), """
                [{"num_paragraphs":1,"nth_paragraph":2,"first_word":"x"}]\
                """, Map.of())))
                .isEqualTo("malformed_instructions");
        assertThat(code(judge("x", List.of("punctuation:no_comma"), "[{},{}]", Map.of())))
                .isEqualTo("malformed_instructions");
        assertThat(code(judge("x", List.of(), "[]", Map.of()))).isEqualTo("missing_instructions");
    }

    @Test
    void aKeywordThatBacktracksWithoutEndIsCutOffAtTheDeadline() {
        JudgeItem item = item("a".repeat(5_000), List.of("keywords:existence"), """
            [{"keywords":[".*.*.*.*.*.*b"]}]\
            """);

        Opinion opinion = judge.judge(item, Map.of(), Deadline.after(Duration.ofMillis(200)));

        assertThat(code(opinion)).isEqualTo("timeout");
    }

    /** Every row can be decided: no kind of instruction and no argument is unknown. */
    @Test
    void realRowsAreUnderstood() {
        Path data = Path.of("../../shared/data/ifeval/prompts-first400.jsonl");
        assumeTrue(Files.exists(data));
        for (JsonNode row : JsonLines.read(data, row -> row)) {
            Map<String, Object> metadata = JSON.convertValue(
                    row, JSON.getTypeFactory().constructMapType(Map.class, String.class, Object.class));
            JudgeItem item = new JudgeItem(
                    "a", List.of(), new CompletionText(row.path("prompt").asString(), "stop"), Map.of(), metadata);
            assertThat(judge.judge(item, Map.of(), soon())).as(row.toString()).isInstanceOf(Opinion.Decided.class);
        }
    }

    private Opinion.Decided decide(String response, String id, String kwargs, Map<String, Object> parameters) {
        return (Opinion.Decided) judge(response, List.of(id), "[" + kwargs + "]", parameters);
    }

    private Opinion judge(String response, List<String> ids, String kwargs, Map<String, Object> parameters) {
        assertThat(judge.check(parameters)).isEmpty();
        return judge.judge(item(response, ids, kwargs), parameters, soon());
    }

    private static JudgeItem item(String response, List<String> ids, String kwargs) {
        return new JudgeItem(
                "a",
                List.of(),
                new CompletionText(response, "stop"),
                Map.of(),
                Map.of("instruction_id_list", ids, "kwargs", JSON.readValue(kwargs, List.class)));
    }

    private static String code(Opinion opinion) {
        return ((Opinion.Undecided) opinion).error().code();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofMinutes(1));
    }
}
