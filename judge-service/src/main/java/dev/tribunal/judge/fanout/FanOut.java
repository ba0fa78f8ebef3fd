package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.http.CommonError;
import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.http.TribunalException;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.JudgementResponse.ItemJudgement;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.judge.fanout.JudgeDirectory.Found;
import dev.tribunal.judge.fanout.JudgeLine.Question;
import dev.tribunal.judge.sdk.RequestCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/**
 * Asks all judges of a request at the same time. Each keeps its own deadline, so the whole takes as long as the
 * slowest judge's deadline at most, and one judge's failure is seen in its own verdicts only.
 */
@Component
public final class FanOut {

    private static final int MAX_JUDGES = 64;
    private static final int MAX_ITEMS = 10_000;

    private final JudgeDirectory directory;
    private final ExecutorService threads;

    FanOut(JudgeDirectory directory, JudgeLine.Surroundings surroundings) {
        this.directory = directory;
        this.threads = surroundings.threads();
    }

    /** @throws TribunalException 422 with every mistake of the request, an unknown judge among them */
    public JudgementResponse judge(JudgementRequest request) {
        List<FieldError> errors = errors(request);
        List<Supplier<List<JudgeVerdict>>> asked = new ArrayList<>();
        if (request.judges() != null) {
            for (int i = 0; i < request.judges().size(); i++) {
                addAsked(asked, errors, request, i);
            }
        }
        if (!errors.isEmpty()) {
            throw new TribunalException(
                    CommonError.INVALID_REQUEST, "The request has " + errors.size() + " mistake(s).", errors);
        }
        List<Future<List<JudgeVerdict>>> answers =
                asked.stream().map(judge -> threads.submit(judge::get)).toList();
        return response(request, answers.stream().map(FanOut::result).toList());
    }

    private void addAsked(
            List<Supplier<List<JudgeVerdict>>> asked, List<FieldError> errors, JudgementRequest request, int index) {
        JudgeReference judge = request.judges().get(index);
        String pointer = "/judges/" + index;
        if (judge == null || RequestCheck.blank(judge.name()) || RequestCheck.blank(judge.version())) {
            errors.add(new FieldError(pointer, "needs a name and a version"));
            return;
        }
        switch (directory.find(judge.name(), judge.version())) {
            case Found.Unknown unknown -> errors.add(new FieldError(pointer + "/name", unknown.detail()));
            case Found.NotActive notActive -> asked.add(() -> undecided(judge.name(), notActive, request.items()));
            case Found.Ready(JudgeLine line) -> {
                for (FieldError error : line.check(judge.parameters())) {
                    errors.add(new FieldError(pointer + "/parameters" + error.pointer(), error.detail()));
                }
                Question question =
                        new Question(request.requestId(), request.context(), judge.parameters(), request.items());
                asked.add(() -> line.ask(question, line.limits().timeout()));
            }
        }
    }

    private static List<FieldError> errors(JudgementRequest request) {
        List<FieldError> errors = new ArrayList<>(RequestCheck.items(request.items(), "/items"));
        if (RequestCheck.blank(request.requestId())) {
            errors.add(new FieldError("/requestId", "is missing"));
        }
        if (request.items() != null
                && (request.items().isEmpty() || request.items().size() > MAX_ITEMS)) {
            errors.add(new FieldError(
                    "/items", "holds " + request.items().size() + " items, must hold 1 to " + MAX_ITEMS));
        }
        if (request.judges() == null
                || request.judges().isEmpty()
                || request.judges().size() > MAX_JUDGES) {
            errors.add(new FieldError("/judges", "must name 1 to " + MAX_JUDGES + " judges"));
        }
        return errors;
    }

    private static List<JudgeVerdict> undecided(String name, Found.NotActive judge, List<JudgeItem> items) {
        VerdictError error = new VerdictError(judge.code(), false, judge.detail());
        JudgeVerdict verdict = new JudgeVerdict(name, judge.version(), Verdict.UNDECIDED, null, null, error, 0, 0);
        return items.stream().map(item -> verdict).toList();
    }

    private static List<JudgeVerdict> result(Future<List<JudgeVerdict>> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a line must answer whatever its judge does", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while judges were asked", e);
        }
    }

    private static JudgementResponse response(JudgementRequest request, List<List<JudgeVerdict>> byJudge) {
        List<ItemJudgement> items = IntStream.range(0, request.items().size())
                .mapToObj(i -> new ItemJudgement(
                        request.items().get(i).itemId(),
                        byJudge.stream().map(verdicts -> verdicts.get(i)).toList()))
                .toList();
        return new JudgementResponse(request.requestId(), items);
    }
}
