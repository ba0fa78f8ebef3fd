package dev.tribunal.judge.rules.code;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.ItemVerdict.Decided;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A real code judge; tests are skipped where bubblewrap is not installed, or may not make namespaces. */
final class CodeJudging {

    private CodeJudging() {}

    static CodeJudge open() throws SandboxException {
        assumeTrue(Commands.find("bwrap").isPresent(), "bubblewrap is not installed");
        assumeTrue(namespacesAreAllowed(), "bubblewrap may not make namespaces here");
        return CodeJudge.open(CodeSettings.defaults());
    }

    private static boolean namespacesAreAllowed() {
        try {
            Commands.output(List.of("bwrap", "--unshare-user", "--unshare-net", "--ro-bind", "/", "/", "true"));
            return true;
        } catch (SandboxException e) {
            return false;
        }
    }

    static Decided python(CodeJudge judge, String code, String tests, Map<String, Object> parameters) {
        return decided(
                judge, item("```python\n" + code + "\n```", Map.of("language", "python", "tests", tests)), parameters);
    }

    static Decided java(CodeJudge judge, String code, String tests) {
        Map<String, Object> metadata = Map.of("language", "java", "tests", tests, "prelude", "import java.util.*;\n");
        return decided(judge, item("```java\n" + code + "\n```", metadata), Map.of());
    }

    static Decided decided(CodeJudge judge, JudgeItem item, Map<String, Object> parameters) {
        ItemVerdict verdict = judge.judge(item, parameters, Deadline.after(Duration.ofMinutes(2)));
        if (verdict instanceof Decided decided) {
            return decided;
        }
        throw new AssertionError("undecided: " + verdict);
    }

    static JudgeItem item(String completion, Map<String, Object> metadata) {
        return new JudgeItem("a", List.of(), new CompletionText(completion, "stop"), Map.of(), new HashMap<>(metadata));
    }
}
