package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.servicekit.input.SentRequests;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/judgements} */
@RestController
final class JudgementController implements JudgementApi {

    private final FanOut fanOut;

    JudgementController(FanOut fanOut) {
        this.fanOut = fanOut;
    }

    @Override
    public JudgementResponse judge(JudgementRequest request) {
        return fanOut.judge(SentRequests.input(request));
    }
}
