package dev.tribunal.judge.rules.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.judge.sdk.ItemVerdict.Decided;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * HumanEval-X in Java, where its file lies beside the project: right solutions are satisfied, wrong ones violated. The
 * first four problems; {@code -Dhumaneval.problems=1000} takes all.
 */
class HumanEvalTest {

    private static final Path FILE = Path.of("..", "..", "shared", "data", "humaneval-x", "java-first82.jsonl.gz");

    /** The first that is there is changed, once. */
    private static final List<Map.Entry<String, String>> MUTATIONS = List.of(
            Map.entry("\\breturn true;", "return false;"),
            Map.entry(" == ", " != "),
            Map.entry(" >= ", " < "),
            Map.entry(" <= ", " > "),
            Map.entry(" > ", " <= "),
            Map.entry(" < ", " >= "),
            Map.entry(" \\+ ", " - "),
            Map.entry("\\breturn ([^;]+);", "return null;"));

    @Test
    void rightSolutionsAreSatisfiedAndWrongOnesViolated() throws Exception {
        assumeTrue(Files.exists(FILE), "HumanEval-X is not there");
        List<JsonNode> problems = problems(Integer.getInteger("humaneval.problems", 4));
        try (CodeJudge judge = CodeJudging.open()) {
            // A whole class, as a chat model answers; and the body alone, as a base model goes on.
            assertThat(verdicts(judge, problems, problem -> text(problem, "declaration") + solution(problem)))
                    .allSatisfy(HumanEvalTest::isSatisfied);
            assertThat(verdicts(judge, problems, HumanEvalTest::solution)).allSatisfy(HumanEvalTest::isSatisfied);
            assertThat(verdicts(judge, problems, HumanEvalTest::mutated))
                    .allSatisfy(verdict ->
                            assertThat(verdict.satisfied()).as(verdict.reason()).isFalse());
        }
    }

    private static void isSatisfied(Decided verdict) {
        assertThat(verdict.satisfied()).as(verdict.reason()).isTrue();
    }

    private static List<JsonNode> problems(int most) throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(FILE)), StandardCharsets.UTF_8))) {
            return lines.lines().limit(most).map(JsonMapper.shared()::readTree).toList();
        }
    }

    private static String text(JsonNode problem, String field) {
        return problem.path(field).asString();
    }

    private static String solution(JsonNode problem) {
        return text(problem, "canonical_solution");
    }

    private static String mutated(JsonNode problem) {
        for (Map.Entry<String, String> mutation : MUTATIONS) {
            Pattern pattern = Pattern.compile(mutation.getKey());
            if (pattern.matcher(solution(problem)).find()) {
                return pattern.matcher(solution(problem)).replaceFirst(mutation.getValue());
            }
        }
        throw new AssertionError("nothing to change in " + text(problem, "task_id"));
    }

    private static List<Decided> verdicts(CodeJudge judge, List<JsonNode> problems, Function<JsonNode, String> code)
            throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Decided>> answers = problems.stream()
                    .map(problem -> threads.submit(() -> verdict(judge, problem, code.apply(problem))))
                    .toList();
            List<Decided> verdicts = new ArrayList<>();
            for (Future<Decided> answer : answers) {
                verdicts.add(answer.get());
            }
            return verdicts;
        }
    }

    private static Decided verdict(CodeJudge judge, JsonNode problem, String code) {
        Map<String, Object> metadata =
                Map.of("language", "java", "prelude", text(problem, "declaration"), "tests", text(problem, "test"));
        Decided verdict =
                CodeJudging.decided(judge, CodeJudging.item("```java\n" + code + "\n```", metadata), Map.of());
        return new Decided(verdict.satisfied(), verdict.score(), text(problem, "task_id") + ": " + verdict.reason());
    }
}
