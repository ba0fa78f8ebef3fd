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
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Hand-written cases, from reading how each kind of instruction is defined. */
class InstructionFollowingJudgeTest {

    private static final JsonMapper JSON = new JsonMapper();

    private final InstructionFollowingJudge judge = new InstructionFollowingJudge();

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            keywords:existence | {"keywords":["mom","mother"]} | Mom is my MOTHER. | true
            keywords:existence | {"keywords":["mom","mother"]} | Mom is here. | false
            keywords:existence | {"keywords":["warm"]} | lukewarm | true
            keywords:existence | {"keywords":["c++"]} | I like c++. | true
            keywords:frequency | {"keyword":"war","frequency":2,"relation":"at least"} | War and warm | true
            keywords:frequency | {"keyword":" war ","frequency":3,"relation":"at least"} | War and warm | false
            keywords:frequency | {"keyword":"war","frequency":2,"relation":"less than"} | War and warm | false
            keywords:frequency | {"keyword":"war","frequency":2,"relation":"less than"} | War | true
            keywords:forbidden_words | {"forbidden_words":["rock"]} | Rocky rocks rocket | true
            keywords:forbidden_words | {"forbidden_words":["rock"]} | a ROCK! | false
            keywords:forbidden_words | {"forbidden_words":["rock","sand"]} | no_rock sand-paper | false
            keywords:forbidden_words | {"forbidden_words":["rock"]} | no_rock | true
            keywords:letter_frequency | {"letter":"t","let_frequency":2,"let_relation":"less than"} | Tea | true
            keywords:letter_frequency | {"letter":"t","let_frequency":2,"let_relation":"less than"} | Teat | false
            keywords:letter_frequency | {"letter":"!","let_frequency":2,"let_relation":"at least"} | hi!! | true
            length_constraints:number_words | {"relation":"at least","num_words":4} | it's a day | true
            length_constraints:number_words | {"relation":"less than","num_words":3} | well-known | true
            length_constraints:number_words | {"relation":"at least","num_words":1} | ... | false
            length_constraints:number_sentences | {"relation":"less than","num_sentences":3} | One. Two! | true
            length_constraints:number_sentences | {"relation":"less than","num_sentences":3} | One. Two! Three? | false
            length_constraints:number_sentences | {"relation":"at least","num_sentences":2} | Mr. Smith is here. | false
            length_constraints:number_sentences | {"relation":"at least","num_sentences":2} | It cost 3.50 dollars. | false
            length_constraints:number_sentences | {"relation":"at least","num_sentences":2} | The U.S. army left. | false
            length_constraints:number_sentences | {"relation":"at least","num_sentences":2} | It is in the U.S. The army left. | true
            length_constraints:number_sentences | {"relation":"at least","num_sentences":2} | Pens, etc. Paper too | true
            length_constraints:number_sentences | {"relation":"at least","num_sentences":2} | T. Smith left... and came. | false
            length_constraints:number_sentences | {"relation":"at least","num_sentences":2} | C++. Java | true
            length_constraints:number_sentences | {"relation":"less than","num_sentences":2} | (He left.) | true
            length_constraints:number_sentences | {"relation":"at least","num_sentences":2} | "Go!" he said. | true
            length_constraints:number_paragraphs | {"num_paragraphs":2} | a *** b | true
            length_constraints:number_paragraphs | {"num_paragraphs":2} | a\\n***\\nb | true
            length_constraints:number_paragraphs | {"num_paragraphs":2} | ***a***b*** | true
            length_constraints:number_paragraphs | {"num_paragraphs":2} | a *** *** b | false
            length_constraints:number_paragraphs | {"num_paragraphs":3} | a *** b | false
            length_constraints:nth_paragraph_first_word | {"num_paragraphs":2,"nth_paragraph":2,"first_word":"weekend"} | a\\n\\nWeekend, at last | true
            length_constraints:nth_paragraph_first_word | {"num_paragraphs":2,"nth_paragraph":2,"first_word":"Weekend"} | a\\n\\n'"weekend" | true
            length_constraints:nth_paragraph_first_word | {"num_paragraphs":2,"nth_paragraph":2,"first_word":"weekend"} | a\\n\\nWeekends | false
            length_constraints:nth_paragraph_first_word | {"num_paragraphs":2,"nth_paragraph":2,"first_word":"b"} | a\\n\\nb\\n\\nc | false
            length_constraints:nth_paragraph_first_word | {"num_paragraphs":2,"nth_paragraph":2,"first_word":"b"} | a\\n\\n\\n\\nb | false
            length_constraints:nth_paragraph_first_word | {"num_paragraphs":2,"nth_paragraph":3,"first_word":"b"} | a\\n\\nb | false
            length_constraints:nth_paragraph_first_word | {"num_paragraphs":1,"nth_paragraph":1,"first_word":"a"} | a\\nb | true
            detectable_content:number_placeholders | {"num_placeholders":2} | [a] and [b c] | true
            detectable_content:number_placeholders | {"num_placeholders":2} | [[a] and b] | false
            detectable_content:number_placeholders | {"num_placeholders":1} | [a\\nb] | false
            detectable_content:number_placeholders | {"num_placeholders":1} | [] | true
            detectable_content:postscript | {"postscript_marker":"P.S."} | Bye. p. s. more | true
            detectable_content:postscript | {"postscript_marker":"P.S."} | Bye. P.S more | false
            detectable_content:postscript | {"postscript_marker":"P.P.S"} | Bye. P. P. S more | true
            detectable_content:postscript | {"postscript_marker":"P.P.S"} | Bye. P.S. more | false
            detectable_content:postscript | {"postscript_marker":"N.B."} | n.b. more | true
            detectable_format:number_bullet_lists | {"num_bullets":3} | * a\\n  * b\\n- c | true
            detectable_format:number_bullet_lists | {"num_bullets":2} | * a\\n* b\\n* c | false
            detectable_format:number_bullet_lists | {"num_bullets":1} | **bold** is none\\n* a | true
            detectable_format:number_bullet_lists | {"num_bullets":1} | a * b\\n- c | true
            detectable_format:constrained_response | {} | Well. My answer is maybe. | true
            detectable_format:constrained_response | {} | my answer is maybe. | false
            detectable_format:number_highlighted_sections | {"num_highlights":2} | *a* and *b* | true
            detectable_format:number_highlighted_sections | {"num_highlights":2} | *a* and ** | false
            detectable_format:number_highlighted_sections | {"num_highlights":1} | *a\\nb* | false
            detectable_format:number_highlighted_sections | {"num_highlights":1} | **a** | true
            detectable_format:number_highlighted_sections | {"num_highlights":2} | **a** | false
            detectable_format:multiple_sections | {"section_spliter":"SECTION","num_sections":2} | SECTION 1\\na\\nSECTION2 b | true
            detectable_format:multiple_sections | {"section_spliter":"SECTION","num_sections":2} | Section 1 Section 2 | false
            detectable_format:multiple_sections | {"section_spliter":"Day","num_sections":2} | Day one Day 2 | false
            detectable_format:json_format | {} | {"a": [1, null]} | true
            detectable_format:json_format | {} | ```json\\n{"a": 1}\\n``` | true
            detectable_format:json_format | {} | ```\\n[1]\\n``` | true
            detectable_format:json_format | {} | 42 | true
            detectable_format:json_format | {} | {"a": NaN} | true
            detectable_format:json_format | {} | Here: {"a": 1} | false
            detectable_format:json_format | {} | {"a": 1} {"b": 2} | false
            detectable_format:json_format | {} | {'a': 1} | false
            detectable_format:json_format | {} | {"a": 01} | false
            detectable_format:json_format | {} | ```json\\n``` | false
            detectable_format:title | {} | a <<joy>> b | true
            detectable_format:title | {} | <<a\\nb>> | false
            detectable_format:title | {} | <<>> | false
            detectable_format:title | {} | << >> | false
            detectable_format:title | {} | <<<joy>>> | true
            detectable_format:title | {} | <<a>> and <<b>> | true
            detectable_format:title | {} | >>a<< | false
            combination:two_responses | {} | a ****** b | true
            combination:two_responses | {} | ******a******b****** | true
            combination:two_responses | {} | a ****** a | false
            combination:two_responses | {} | a ****** ****** b | false
            combination:two_responses | {} | a ****** b ****** c | false
            combination:two_responses | {} | a *** b | false
            combination:repeat_prompt | {"prompt_to_repeat":"Say hi. "} | say HI. Hi! | true
            combination:repeat_prompt | {"prompt_to_repeat":"Say hi."} | Sure: Say hi. Hi! | false
            startend:end_checker | {"end_phrase":"Any other questions?"} | Well. "ANY other questions?" | true
            startend:end_checker | {"end_phrase":"Any other questions?"} | Any other questions? Bye | false
            startend:quotation | {} | "all of it" | true
            startend:quotation | {} | "a" b | false
            startend:quotation | {} | " | false
            change_case:capital_word_frequency | {"capital_frequency":2,"capital_relation":"at least"} | NASA and the U.S. agree | true
            change_case:capital_word_frequency | {"capital_frequency":2,"capital_relation":"less than"} | DON'T stop | false
            change_case:capital_word_frequency | {"capital_frequency":1,"capital_relation":"at least"} | 42 Is Not | false
            change_case:capital_word_frequency | {"capital_frequency":2,"capital_relation":"at least"} | STOP-IT (NOW) | true
            change_case:english_capital | {} | THIS IS A SENTENCE OF PLAIN ENGLISH WORDS. | true
            change_case:english_capital | {} | THIS IS a SENTENCE OF PLAIN ENGLISH WORDS. | false
            change_case:english_capital | {} | 12345 | false
            change_case:english_capital | {} | DIES IST EIN GANZ GEWÖHNLICHER DEUTSCHER SATZ MIT VIELEN WÖRTERN. | false
            change_case:english_lowercase | {} | this is a sentence of plain english words, no more. | true
            change_case:english_lowercase | {} | This is a sentence of plain english words. | false
            language:response_language | {"language":"de"} | Das ist ein ganz gewöhnlicher deutscher Satz mit vielen Wörtern. | true
            language:response_language | {"language":"fr"} | Das ist ein ganz gewöhnlicher deutscher Satz mit vielen Wörtern. | false
            language:response_language | {"language":"hi"} | यह एक साधारण हिंदी वाक्य है जिसमें कई शब्द हैं। | true
            language:response_language | {"language":"kn"} | 123 | true
            punctuation:no_comma | {} | no comma here; none | true
            punctuation:no_comma | {} | one, here | false
            """)
    void aResponseFollowsAnInstructionOrNot(String id, String kwargs, String response, boolean followed) {
        assertThat(decide(response.replace("\\n", "\n"), id, kwargs, Map.of()).satisfied()).isEqualTo(followed);
    }

    @Test
    void aBlankResponseFollowsNothing() {
        assertThat(decide(" \n ", "punctuation:no_comma", "{}", Map.of()).satisfied()).isFalse();
        assertThat(decide("", "length_constraints:number_words", """
                {"relation":"less than","num_words":9}""", Map.of()).satisfied()).isFalse();
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
        assertThat(decide(text, id, "{}", Map.of("reading", "loose")).satisfied()).isEqualTo(followed);
        assertThat(decide(text, id, "{}", Map.of("reading", "strict")).satisfied()).isFalse();
    }

    @Test
    void theScoreIsTheShareAndTheReasonNamesWhatIsNotFollowed() {
        Opinion opinion = judge(
                "one, two",
                List.of("punctuation:no_comma", "startend:quotation", "keywords:existence", "detectable_format:title"),
                """
                [{},{},{"keywords":["two"]},null]""",
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
                [{"relation":"about","num_words":5}]""", Map.of()))).isEqualTo("malformed_instructions");
        assertThat(code(judge("x", List.of("punctuation:no_comma"), "[{},{}]", Map.of())))
                .isEqualTo("malformed_instructions");
        assertThat(code(judge("x", List.of(), "[]", Map.of()))).isEqualTo("missing_instructions");
    }

    @Test
    void aKeywordThatBacktracksWithoutEndIsCutOffAtTheDeadline() {
        JudgeItem item = item("a".repeat(5_000), List.of("keywords:existence"), """
                [{"keywords":[".*.*.*.*.*.*b"]}]""");

        Opinion opinion = judge.judge(item, Map.of(), Deadline.after(Duration.ofMillis(200)));

        assertThat(code(opinion)).isEqualTo("timeout");
    }

    /** Every row can be decided: no kind of instruction and no argument is unknown. */
    @Test
    void realRowsAreUnderstood() {
        Path data = Path.of("../../shared/data/ifeval/prompts-first400.jsonl");
        assumeTrue(Files.exists(data));
        for (JsonNode row : JsonLines.read(data, row -> row)) {
            Map<String, Object> metadata = JSON.convertValue(row, JSON.getTypeFactory()
                    .constructMapType(Map.class, String.class, Object.class));
            JudgeItem item = new JudgeItem(
                    "a", List.of(), new CompletionText(row.path("prompt").asString(), "stop"), Map.of(), metadata);
            assertThat(judge.judge(item, Map.of(), soon()))
                    .as(row.toString())
                    .isInstanceOf(Opinion.Decided.class);
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
