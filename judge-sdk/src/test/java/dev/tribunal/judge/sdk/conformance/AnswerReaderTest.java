package dev.tribunal.judge.sdk.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemJudge;
import dev.tribunal.judge.sdk.ItemVerdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers that are not one clear word are undecided, in words for the judge's owner. */
class AnswerReaderTest {

    private static final JudgeItem ITEM =
            new JudgeItem("a", List.of(), new CompletionText("x", "stop"), Map.of(), Map.of());
    private static final EvaluateRequest REQUEST =
            new EvaluateRequest("r", 1000, null, new JudgeReference("j", "1", Map.of()), List.of(ITEM));

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"itemId":"a","verdict":"violated","verdict":"satisfied"}         | malformed_answer | has the field 'verdict' twice
        {"itemId":"a","verdict":"satisfied","score":0,"score":1}          | malformed_answer | has the field 'score' twice
        {"itemId":"a","verdict":"satisfied","reason":{"because":"it is"}} | malformed_reason | must be a text
        {"itemId":"a","verdict":"satisfied","reason":["it is"]}           | malformed_reason | must be a text
        {"itemId":"a","verdict":"satisfied","score":"1"}                  | non_finite_score | not a finite number
        {"itemId":"a","verdict":"satisfied","score":true}                 | non_finite_score | not a finite number
        {"itemId":"a","verdict":"satisfied","score":1e999}                | non_finite_score | not a finite number
        {"itemId":"a","verdict":"satisfied","score":NaN}                  | non_finite_score | not a finite number
        {"itemId":"a","verdict":"UNSATISFIED"}                            | unknown_verdict  | UNSATISFIED
        {"itemId":"a","verdict":true}                                     | unknown_verdict  | true
        """)
    void aResultThatSaysTwoThingsOrNoneIsUndecided(String result, String code, String detail) {
        Result read =
                read("{\"requestId\":\"r\",\"judge\":{\"name\":\"j\",\"version\":\"1\"},\"results\":[" + result + "]}");
        assertThat(read.verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(read.error().code()).isEqualTo(code);
        assertThat(read.error().detail()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        ``                          | is empty
        <html>Bad gateway</html>    | HTML page
        {"results":[]} and goodbye  | goes on after its end
        {"results":                 | is not JSON
        """)
    void anAnswerThatIsNotJsonSaysWhatItIs(String body, String detail) {
        assertThat(read(body).error().detail()).contains(detail).doesNotContain("Exception", "Jackson", "token");
    }

    @Test
    void anItemOnWhichAJudgeFailsIsUndecidedInWords() {
        for (Throwable thrown : new Throwable[] {new IllegalStateException("secret"), new StackOverflowError()}) {
            ItemJudge judge = new ItemJudge() {
                @Override
                public JudgeDescriptor descriptor() {
                    return new JudgeDescriptor("j", "1", JudgeApi.CONTRACT, "Fails.", true, 8);
                }

                @Override
                public List<FieldError> check(Map<String, Object> parameters) {
                    return List.of();
                }

                @Override
                public ItemVerdict judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline) {
                    if (thrown instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) thrown;
                }
            };
            Result result = judge.evaluate(List.of(ITEM), Map.of(), Deadline.after(Duration.ofSeconds(5)))
                    .getFirst();
            assertThat(result.error().code()).isEqualTo("judge_error");
            assertThat(result.error().detail()).doesNotContain("java.", "Exception", "Error", "secret");
        }
    }

    private static Result read(String body) {
        return AnswerReader.read(body.getBytes(StandardCharsets.UTF_8), REQUEST)
                .results()
                .getFirst();
    }
}
