package dev.tribunal.judge.rules.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.servicekit.files.JsonLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The words around an answer: what they make of a number, which of several answers counts, where thoughts end. */
class PhrasingsTest {

    private static final Path SHARED = Path.of("../../shared");

    private final MathAnswerJudge judge = new MathAnswerJudge();

    record Line(String completion, String reference, boolean satisfied) {}

    @ParameterizedTest
    @MethodSource("lines")
    void readsAnAnswerAsItIsPhrased(Line line) {
        assertThat(verdict(line.completion(), line.reference(), "q"))
                .as("%s for %s", line.completion(), line.reference())
                .isEqualTo(line.satisfied() ? "satisfied" : "violated");
    }

    /** A chat template may write the mark that begins the thought, so that the completion has only its end. */
    @ParameterizedTest
    @ValueSource(strings = {"Add.\n<think>", "<think>\n", "[THINK]", "◁think▷"})
    void aThoughtMayBeginInThePrompt(String prompt) {
        assertThat(verdict("It is \\boxed{4}", "4", prompt)).isEqualTo("violated");
        assertThat(verdict("It is \\boxed{4}</think> The answer is 5", "5", prompt))
                .isEqualTo("satisfied");
        assertThat(verdict("It is \\boxed{4}", "4", "Think between <think> and </think>."))
                .isEqualTo("satisfied");
    }

    @Test
    void saysWhatIsWrongWithAReference() {
        assertThat(MathAnswerJudge.unreadable("\\\\frac{1}{2}")).isNull();
        assertThat(MathAnswerJudge.unreadable(7)).isNull();
        assertThat(MathAnswerJudge.unreadable("\\int_0^1 x\\,dx"))
                .contains("'\\int_0^1 x\\,dx'", "'\\int' is not known");
        assertThat(MathAnswerJudge.unreadable(List.of())).contains("neither text nor number");
        assertThat(MathAnswerJudge.unreadable(null)).contains("missing");
    }

    /** Whatever a worked solution says before, a box and "the answer is" behind it count. */
    @Test
    void worksSolutionsOutToTheirEnd() {
        Path data = SHARED.resolve("data/gsm8k/train.jsonl");
        assumeTrue(Files.exists(data));
        for (JsonNode row : JsonLines.read(data, row -> row)) {
            String solution = row.path("answer").asString();
            int end = solution.lastIndexOf("####");
            String answer = solution.substring(end + 4).strip();
            String text = solution.substring(0, end);
            assertThat(verdict(text + " The answer is " + answer + ".", answer, "q"))
                    .as(solution)
                    .isEqualTo("satisfied");
            assertThat(verdict(text + "\\boxed{" + answer + "}", answer, "q"))
                    .as(solution)
                    .isEqualTo("satisfied");
        }
    }

    @Test
    void findsTheAnswersOfTheSharedCases() {
        Path cases = SHARED.resolve("cases/math-answer.jsonl");
        assumeTrue(Files.exists(cases));
        for (JsonNode row : JsonLines.read(cases, row -> row)) {
            String verdict = verdict(
                    row.path("completion").path("text").asString(),
                    row.path("reference").path("answer").asString(),
                    "q");
            assertThat(row.path("expect").asString()).as("%s", row).contains(verdict);
        }
    }

    private String verdict(String completion, String reference, String prompt) {
        ItemVerdict verdict = judge.judge(
                new JudgeItem(
                        "a",
                        List.of(Message.user(prompt)),
                        new CompletionText(completion, "stop"),
                        Map.of("answer", reference),
                        Map.of()),
                Map.of(),
                Deadline.after(Duration.ofMinutes(1)));
        return switch (verdict) {
            case ItemVerdict.Decided decided -> decided.satisfied() ? "satisfied" : "violated";
            case ItemVerdict.Undecided undecided -> undecided.error().code();
        };
    }

    static Stream<Line> lines() throws IOException {
        try (InputStream table =
                Objects.requireNonNull(PhrasingsTest.class.getResourceAsStream("/math/phrasings.txt"))) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.isBlank() && !line.startsWith("# "))
                            .map(line -> line.split(" \\| "))
                            .map(parts -> new Line(
                                    parts[0].replace("\\n", "\n"),
                                    parts[1],
                                    parts[2].strip().equals("+")))
                            .toList()
                            .stream();
        }
    }
}
