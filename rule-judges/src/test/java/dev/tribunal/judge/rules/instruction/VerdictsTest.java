package dev.tribunal.judge.rules.instruction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the public IFEval checker says of responses that {@code src/test/python/ifeval_verdicts.py} made up, and of
 * those in another file that it wrote if the property {@code tribunal.ifeval.verdicts} names one.
 */
class VerdictsTest {

    private static final JsonMapper JSON = new JsonMapper();

    private final InstructionFollowingJudge judge = new InstructionFollowingJudge();

    @Test
    void everyVerdictIsThatOfThePublicChecker() {
        List<String> different = new ArrayList<>();
        List<RecordedVerdict> recorded = recorded();
        for (RecordedVerdict verdict : recorded) {
            if (!judge(verdict, "strict").equals(String.valueOf(verdict.strict()))
                    || !judge(verdict, "loose").equals(String.valueOf(verdict.loose()))) {
                different.add(verdict.toString());
            }
        }

        assertThat(recorded).hasSizeGreaterThan(300);
        assertThat(different).isEmpty();
    }

    private String judge(RecordedVerdict verdict, String reading) {
        JudgeItem item = new JudgeItem(
                "a",
                List.of(),
                new CompletionText(verdict.response(), "stop"),
                Map.of(),
                Map.of("instruction_id_list", List.of(verdict.instruction()), "kwargs", List.of(verdict.kwargs())));
        ItemVerdict given = judge.judge(item, Map.of("reading", reading), Deadline.after(Duration.ofMinutes(1)));
        return given instanceof ItemVerdict.Decided decided ? String.valueOf(decided.satisfied()) : "undecided";
    }

    static List<RecordedVerdict> recorded() {
        String file = System.getProperty("tribunal.ifeval.verdicts", "");
        try (InputStream in = file.isEmpty()
                ? VerdictsTest.class.getResourceAsStream("verdicts.jsonl")
                : Files.newInputStream(Path.of(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> JSON.readValue(line, RecordedVerdict.class))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the checker says in its strict and its loose reading. */
    record RecordedVerdict(
            String instruction, Map<String, Object> kwargs, String response, boolean strict, boolean loose) {}
}
