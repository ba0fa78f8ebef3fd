package dev.tribunal.judge.rules.instruction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.servicekit.files.JsonLines;
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
        ItemVerdict verdict = judge(
                "one, two",
                List.of("punctuation:no_comma", "startend:quotation", "keywords:existence", "detectable_format:title"),
                """
                [{},{},{"keywords":["two"]},null]\
                """,
                Map.of());

        assertThat(verdict).isInstanceOfSatisfying(ItemVerdict.Decided.class, decided -> {
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

        ItemVerdict verdict = judge.judge(item, Map.of(), Deadline.after(Duration.ofMillis(200)));

        assertThat(code(verdict)).isEqualTo("timeout");
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
            assertThat(judge.judge(item, Map.of(), soon())).as(row.toString()).isInstanceOf(ItemVerdict.Decided.class);
            assertThat(judge.checkItem(prompt(metadata), Map.of()))
                    .as(row.toString())
                    .isEmpty();
        }
    }

    /** Files in tables hold lists as the text of their JSON. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'instruction_id_list':['length_constraints:number_words'],'kwargs':'[{!num_words!:2,!relation!:!at least!}]'}",
                "{'instruction_id_list':'[!length_constraints:number_words!]','kwargs':'[{!num_words!:2,!relation!:!at least!}]'}",
                "{'instruction_id_list':['length_constraints:number_words'],'kwargs':['{!num_words!:2,!relation!:!at least!}']}",
                "{'instruction_id_list':['length_constraints:number_words'],"
                        + "'kwargs':[{'num_words':2,'relation':'at least','keyword':null,'letter':null}]}",
            })
    void argumentsAsTextAreReadAsTheListThatTheyAre(String metadata) {
        Map<String, Object> row = map(metadata.replace('\'', '"').replace("!", "\\\""));

        assertThat(((ItemVerdict.Decided) judge.judge(row("two words", row), Map.of(), soon())).satisfied())
                .isTrue();
        assertThat(((ItemVerdict.Decided) judge.judge(row("one", row), Map.of(), soon())).satisfied())
                .isFalse();
        assertThat(judge.checkItem(prompt(row), Map.of())).isEmpty();
    }

    /** What no completion can be judged by is told of the prompt alone, each mistake with its pointer. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {}                                                                              | /metadata/instruction_id_list
        {'instruction_id_list':null}                                                    | /metadata/instruction_id_list
        {'instruction_id_list':[]}                                                      | /metadata/instruction_id_list
        {'instruction_id_list':'punctuation:no_comma'}                                  | /metadata/instruction_id_list
        {'instruction_id_list':{'a':1}}                                                 | /metadata/instruction_id_list
        {'instruction_id_list':['punctuation:no_commas'],'kwargs':[{}]}                 | /metadata/instruction_id_list/0
        {'instruction_id_list':[7],'kwargs':[{}]}                                       | /metadata/instruction_id_list/0
        {'instruction_id_list':[null],'kwargs':[{}]}                                    | /metadata/instruction_id_list/0
        {'instruction_id_list':['punctuation:no_comma','startend:quotation'],'kwargs':[{}]} | /metadata/kwargs
        {'instruction_id_list':['punctuation:no_comma'],'kwargs':[{},{}]}               | /metadata/kwargs
        {'instruction_id_list':['punctuation:no_comma'],'kwargs':{}}                    | /metadata/kwargs
        {'instruction_id_list':['punctuation:no_comma'],'kwargs':'[{'}                  | /metadata/kwargs
        {'instruction_id_list':['punctuation:no_comma'],'kwargs':'null'}                | /metadata/kwargs
        {'instruction_id_list':['punctuation:no_comma'],'kwargs':[7]}                   | /metadata/kwargs/0
        {'instruction_id_list':['punctuation:no_comma'],'kwargs':['x']}                 | /metadata/kwargs/0
        {'instruction_id_list':['punctuation:no_comma'],'kwargs':[{'num_words':5}]}     | /metadata/kwargs/0/num_words
        {'instruction_id_list':['keywords:existence']}                                  | /metadata/kwargs/0/keywords
        {'instruction_id_list':['keywords:existence'],'kwargs':[null]}                  | /metadata/kwargs/0/keywords
        {'instruction_id_list':['keywords:existence'],'kwargs':[{'keywords':'a'}]}      | /metadata/kwargs/0/keywords
        {'instruction_id_list':['keywords:existence'],'kwargs':[{'keywords':[1]}]}      | /metadata/kwargs/0/keywords
        {'instruction_id_list':['language:response_language'],'kwargs':[{'language':'english'}]} | /metadata/kwargs/0/language
        {'instruction_id_list':['keywords:letter_frequency'],'kwargs':[{'letter':'ab','let_frequency':1,'let_relation':'at least'}]} | /metadata/kwargs/0/letter
        {'instruction_id_list':['length_constraints:number_words'],'kwargs':[{'num_words':'5','relation':'at least'}]} | /metadata/kwargs/0/num_words
        {'instruction_id_list':['length_constraints:number_words'],'kwargs':[{'num_words':-5,'relation':'at least'}]} | /metadata/kwargs/0/num_words
        {'instruction_id_list':['length_constraints:number_words'],'kwargs':[{'num_words':5,'relation':'about'}]} | /metadata/kwargs/0/relation
        {'instruction_id_list':['length_constraints:number_words'],'kwargs':[{'num_words':5}]} | /metadata/kwargs/0/relation
        {'instruction_id_list':['startend:quotation','detectable_format:number_bullet_lists'],'kwargs':[{},{'num_bullet':3}]} | /metadata/kwargs/1/num_bullet /metadata/kwargs/1/num_bullets
        {'instruction_id_list':['length_constraints:nth_paragraph_first_word'],'kwargs':[{'num_paragraphs':1,'nth_paragraph':1,'keyword':'x'}]} | /metadata/kwargs/0/keyword /metadata/kwargs/0/first_word
        """)
    void aPromptThatCannotBeJudgedIsToldOf(String metadata, String pointers) {
        Map<String, Object> row = map(metadata.replace('\'', '"'));

        assertThat(judge.checkItem(prompt(row), Map.of()).stream().map(FieldError::pointer))
                .containsExactlyInAnyOrder(pointers.split(" "));
        for (String text : List.of("", "Some words, and more.")) {
            assertThat(judge.judge(row(text, row), Map.of(), soon())).isInstanceOf(ItemVerdict.Undecided.class);
        }
    }

    @Test
    void anUnknownInstructionIsToldWithThoseLikeIt() {
        assertThat(judge.checkItem(prompt(map("{\"instruction_id_list\":[\"startend:quotes\"]}")), Map.of())
                        .getFirst()
                        .detail())
                .isEqualTo(
                        "there is no rule for 'startend:quotes'; there are startend:end_checker, startend:quotation");
    }

    /** Cases that failed once, where they are at hand. */
    @Test
    void theCasesThatFailedDoNotAnyMore() {
        Path cases = Path.of("../../shared/cases/instruction-following.jsonl");
        assumeTrue(Files.exists(cases));
        for (JsonNode line : JsonLines.read(cases, row -> row)) {
            Map<String, Object> metadata = map(line.path("metadata").toString());
            ItemVerdict verdict =
                    judge.judge(row(line.path("completion").path("text").asString(), metadata), Map.of(), soon());
            boolean undecided = line.path("expect").asString().startsWith("undecided");
            assertThat(verdict instanceof ItemVerdict.Undecided)
                    .as(line.toString())
                    .isEqualTo(undecided);
            assertThat(judge.checkItem(prompt(metadata), Map.of()).isEmpty())
                    .as(line.toString())
                    .isEqualTo(!undecided);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(String json) {
        return JSON.readValue(json, Map.class);
    }

    private static PromptItem prompt(Map<String, Object> metadata) {
        return new PromptItem("a", List.of(), Map.of(), metadata);
    }

    private static JudgeItem row(String text, Map<String, Object> metadata) {
        return new JudgeItem("a", List.of(), new CompletionText(text, "stop"), Map.of(), metadata);
    }

    private ItemVerdict.Decided decide(String response, String id, String kwargs, Map<String, Object> parameters) {
        return (ItemVerdict.Decided) judge(response, List.of(id), "[" + kwargs + "]", parameters);
    }

    private ItemVerdict judge(String response, List<String> ids, String kwargs, Map<String, Object> parameters) {
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

    private static String code(ItemVerdict verdict) {
        return ((ItemVerdict.Undecided) verdict).error().code();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofMinutes(1));
    }
}
