package dev.tribunal.trainer.judgement;

import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.JudgementResponse.ItemJudgement;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task's mixture of judges, behind the judge service. */
public final class TaskJudges {

    private static final Logger LOG = LoggerFactory.getLogger(TaskJudges.class);

    private final JudgementApi judgements;
    private final List<JudgeReference> judges;
    private final boolean shortCircuit;

    /** @param shortCircuit whether what one judge found violated is kept from the others */
    public TaskJudges(JudgementApi judgements, List<RunSpec.Judge> judges, boolean shortCircuit) {
        this.judgements = judgements;
        this.judges = judges.stream().map(TaskJudges::reference).toList();
        this.shortCircuit = shortCircuit;
    }

    private static JudgeReference reference(RunSpec.Judge judge) {
        VersionedName name = VersionedName.parse(judge.judge());
        return new JudgeReference(name.name(), name.version(), judge.parameters());
    }

    public boolean isEmpty() {
        return judges.isEmpty();
    }

    /** For people. */
    public String names() {
        return judges.stream()
                .map(judge -> judge.name() + "@" + judge.version())
                .collect(Collectors.joining(", "));
    }

    /**
     * Blocks until every judge has answered or its deadline is over. Never fails: where the service does not answer, or
     * not for an item, every verdict is undecided.
     *
     * @return one list an item, in order, with one verdict a judge, in the task's order
     */
    public List<List<JudgeVerdict>> judge(String requestId, EvaluationContext context, List<JudgeItem> items) {
        try {
            JudgementResponse response =
                    judgements.judge(new JudgementRequest(requestId, context, judges, items, shortCircuit, null));
            List<List<JudgeVerdict>> verdicts = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                verdicts.add(
                        answers(response.items(), i, items.get(i))
                                ? response.items().get(i).verdicts()
                                : undecided("malformed_answer", "the judge service left it out"));
            }
            return verdicts;
        } catch (RuntimeException e) {
            LOG.warn("the judge service did not answer {}: {}", requestId, e.getMessage());
            List<JudgeVerdict> all = undecided("unreachable", "the judge service: " + e.getMessage());
            return items.stream().map(item -> all).toList();
        }
    }

    private boolean answers(List<ItemJudgement> judged, int index, JudgeItem item) {
        return index < judged.size()
                && judged.get(index).itemId().equals(item.itemId())
                && judged.get(index).verdicts().size() == judges.size()
                && IntStream.range(0, judges.size())
                        .allMatch(j ->
                                isOf(judges.get(j), judged.get(index).verdicts().get(j)));
    }

    /** A verdict that is missing, or another judge's, must not count as one that is not violated. */
    @SuppressWarnings("NullAway") // The wire may leave out what the contract promises.
    private static boolean isOf(JudgeReference judge, JudgeVerdict verdict) {
        return verdict != null
                && verdict.verdict() != null
                && judge.name().equals(verdict.judge())
                && judge.version().equals(verdict.version());
    }

    private List<JudgeVerdict> undecided(String code, String detail) {
        VerdictError error = new VerdictError(code, true, detail);
        return judges.stream()
                .map(judge ->
                        new JudgeVerdict(judge.name(), judge.version(), Verdict.UNDECIDED, null, null, error, 0, 0))
                .toList();
    }
}
