package dev.tribunal.trainer.judgement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.JudgementResponse.ItemJudgement;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaskJudgesTest {

    private static final List<RunSpec.Judge> JUDGES = List.of(
            new RunSpec.Judge("length@2", "abc", Map.of("most", 10)), new RunSpec.Judge("safety@1", null, Map.of()));
    private static final List<JudgeItem> ITEMS = List.of(item("a"), item("b"));

    @Test
    void asksAllJudgesWithTheirParametersAboutAllItems() {
        List<JudgementRequest> asked = new ArrayList<>();
        List<List<JudgeVerdict>> verdicts = judges(request -> {
                    asked.add(request);
                    return new JudgementResponse("r", List.of(judgement("a", 2), judgement("b", 2)));
                })
                .judge("r", new EvaluationContext("run_1", 3, "math"), ITEMS);

        assertThat(verdicts)
                .hasSize(2)
                .allSatisfy(two -> assertThat(two)
                        .extracting(JudgeVerdict::verdict)
                        .containsExactly(Verdict.SATISFIED, Verdict.SATISFIED));
        assertThat(asked.getFirst().judges())
                .extracting(judge -> judge.name() + "@" + judge.version() + judge.parameters())
                .containsExactly("length@2{most=10}", "safety@1{}");
        assertThat(asked.getFirst().shortCircuit()).isFalse();
    }

    @Test
    void aTaskMayStopAtTheFirstViolation() {
        List<JudgementRequest> asked = new ArrayList<>();
        TaskJudges judges = new TaskJudges(
                request -> {
                    asked.add(request);
                    return new JudgementResponse(
                            "r",
                            List.of(new ItemJudgement(
                                    "a",
                                    List.of(
                                            verdict("length", "2", Verdict.VIOLATED),
                                            verdict("safety", "1", Verdict.NOT_ASKED)))));
                },
                JUDGES,
                true);

        List<List<JudgeVerdict>> verdicts =
                judges.judge("r", new EvaluationContext("run_1", 3, "math"), ITEMS.subList(0, 1));

        assertThat(asked.getFirst().shortCircuit()).isTrue();
        assertThat(verdicts.getFirst())
                .extracting(JudgeVerdict::verdict)
                .containsExactly(Verdict.VIOLATED, Verdict.NOT_ASKED);
    }

    @Test
    void anUnreachableServiceLeavesEverythingUndecided() {
        List<List<JudgeVerdict>> verdicts = judges(request -> {
                    throw new IllegalStateException("Connection refused");
                })
                .judge("r", new EvaluationContext(null, null, null), ITEMS);
        assertUndecided(verdicts, "unreachable");
    }

    @Test
    void anAnswerThatDoesNotFitLeavesItsItemUndecided() {
        List<List<JudgeVerdict>> verdicts = judges(
                        request -> new JudgementResponse("r", List.of(judgement("a", 1), judgement("c", 2))))
                .judge("r", new EvaluationContext(null, null, null), ITEMS);
        assertUndecided(verdicts, "malformed_answer");
    }

    @Test
    void aVerdictThatIsMissingOrOfAnotherVersionLeavesItsItemUndecided() {
        JudgeVerdict fine = verdict("length", "2", Verdict.SATISFIED);
        List<List<JudgeVerdict>> verdicts = judges(request -> new JudgementResponse(
                        "r",
                        List.of(
                                new ItemJudgement("a", List.of(fine, verdict("safety", "1", null))),
                                new ItemJudgement("b", List.of(fine, verdict("safety", "2", Verdict.SATISFIED))))))
                .judge("r", new EvaluationContext(null, null, null), ITEMS);
        assertUndecided(verdicts, "malformed_answer");
    }

    private static void assertUndecided(List<List<JudgeVerdict>> verdicts, String code) {
        assertThat(verdicts)
                .hasSize(2)
                .allSatisfy(two -> assertThat(two).hasSize(2).allSatisfy(verdict -> {
                    assertThat(verdict.verdict()).isEqualTo(Verdict.UNDECIDED);
                    assertThat(Objects.requireNonNull(verdict.error()).code()).isEqualTo(code);
                }));
    }

    private static TaskJudges judges(JudgementApi service) {
        return new TaskJudges(service, JUDGES, false);
    }

    private static ItemJudgement judgement(String id, int verdicts) {
        return new ItemJudgement(
                id,
                List.of(verdict("length", "2", Verdict.SATISFIED), verdict("safety", "1", Verdict.SATISFIED))
                        .subList(0, verdicts));
    }

    @SuppressWarnings("NullAway") // Some answers have no verdict.
    private static JudgeVerdict verdict(String judge, String version, @Nullable Verdict verdict) {
        return new JudgeVerdict(judge, version, verdict, 1.0, "fine", null, 2, 1);
    }

    private static JudgeItem item(String id) {
        return new JudgeItem(id, List.of(Message.user("?")), new CompletionText("!", "stop"), Map.of(), Map.of());
    }
}
