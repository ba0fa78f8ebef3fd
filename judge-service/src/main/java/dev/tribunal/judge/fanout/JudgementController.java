package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.PendingJudgement;
import dev.tribunal.contracts.judge.v1.PendingJudgementApi;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.input.SentRequests;
import java.util.List;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/judgements} */
@RestController
final class JudgementController implements JudgementApi, PendingJudgementApi {

    private final FanOut fanOut;

    JudgementController(FanOut fanOut) {
        this.fanOut = fanOut;
    }

    @Override
    public JudgementResponse judge(JudgementRequest request) {
        return fanOut.judge(SentRequests.input(request));
    }

    @Override
    public List<PendingJudgement> pending(String runId) {
        // Which namespace the run is in, this service does not know.
        return Caller.current().namespaces() == null ? fanOut.pending(runId) : List.of();
    }
}
