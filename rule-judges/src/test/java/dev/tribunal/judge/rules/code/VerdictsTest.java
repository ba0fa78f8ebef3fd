package dev.tribunal.judge.rules.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.ItemVerdict.Decided;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whole programs with the verdict that they must get: those in {@code hostile.txt} want the reward without the work,
 * those in {@code right.txt} do it, with every kind of value and manner that crosses between the two processes.
 */
class VerdictsTest {

    private static final Path SHARED = Path.of("..", "..", "shared", "cases", "code.jsonl");

    private static CodeJudge judge;

    private record Case(String name, String expect, String completion, Map<String, Object> metadata) {}

    @BeforeAll
    static void open() throws SandboxException {
        judge = CodeJudging.open();
    }

    @AfterAll
    static void close() {
        if (judge != null) {
            judge.close();
        }
    }

    @Test
    void noHostileProgramIsSatisfied() throws Exception {
        List<Case> cases = cases("hostile.txt");
        assertThat(cases).hasSizeGreaterThan(100);
        check(cases);
    }

    @Test
    void rightProgramsAreSatisfiedWhateverCrosses() throws Exception {
        check(cases("right.txt"));
    }

    @Test
    void theSharedCasesGetTheirVerdicts() throws Exception {
        assumeTrue(Files.exists(SHARED), "the shared cases are not there");
        List<Case> cases = new ArrayList<>();
        for (String line : Files.readAllLines(SHARED)) {
            JsonNode node = JsonMapper.shared().readTree(line);
            Map<String, Object> metadata = new HashMap<>();
            node.path("metadata")
                    .properties()
                    .forEach(one -> metadata.put(one.getKey(), one.getValue().asString()));
            cases.add(new Case(
                    node.path("itemId").asString(),
                    node.path("expect").asString(),
                    node.path("completion").path("text").asString(),
                    metadata));
        }
        check(cases);
    }

    private static void check(List<Case> cases) throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<String>> verdicts = cases.stream()
                    .map(one -> threads.submit(() -> verdict(one)))
                    .toList();
            List<String> wrong = new ArrayList<>();
            for (int i = 0; i < cases.size(); i++) {
                String verdict = verdicts.get(i).get();
                if (!verdict.startsWith(cases.get(i).expect())) {
                    wrong.add(cases.get(i).name() + " is " + verdict);
                }
            }
            assertThat(wrong).isEmpty();
        }
    }

    private static String verdict(Case one) {
        JudgeItem item =
                new JudgeItem("a", List.of(), new CompletionText(one.completion(), "stop"), Map.of(), one.metadata());
        ItemVerdict verdict = judge.judge(item, Map.of("timeoutSeconds", 10), Deadline.after(Duration.ofMinutes(5)));
        return verdict instanceof Decided decided
                ? (decided.satisfied() ? "satisfied: " : "violated: ") + decided.reason()
                : "undecided: " + verdict;
    }

    /** {@code === EXPECT LANGUAGE: NAME}, the code, {@code --- tests}, the tests, perhaps {@code --- prelude}. */
    private static List<Case> cases(String file) throws IOException {
        String text;
        try (InputStream in = Objects.requireNonNull(VerdictsTest.class.getResourceAsStream(file))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Case> cases = new ArrayList<>();
        for (String section : text.substring(4).split("\n=== ")) {
            String[] head = section.split("\n", 2);
            String[] what = head[0].split(": ", 2);
            String[] kind = what[0].split(" ");
            String[] parts = head[1].split("\n--- (tests|prelude)\n");
            Map<String, Object> metadata = new HashMap<>(Map.of("language", kind[1], "tests", parts[1]));
            String prelude = parts.length > 2 ? parts[2] : kind[1].equals("java") ? "import java.util.*;\n" : "";
            metadata.put("prelude", prelude);
            cases.add(
                    new Case(kind[1] + ": " + what[1], kind[0], "```" + kind[1] + "\n" + parts[0] + "\n```", metadata));
        }
        return cases;
    }
}
