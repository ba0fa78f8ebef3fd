package dev.tribunal.contracts.judge.v1;

import dev.tribunal.contracts.common.MaxBody;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.PostExchange;

/** The fan-out: the mixture of judges behind one call. A failing judge makes its verdicts undecided, never the call. */
public interface JudgementApi {

    /** Asks all judges of a task about all items. */
    @PostExchange("/v1/judgements")
    @MaxBody(mebibytes = 64)
    JudgementResponse judge(@RequestBody JudgementRequest request);
}
