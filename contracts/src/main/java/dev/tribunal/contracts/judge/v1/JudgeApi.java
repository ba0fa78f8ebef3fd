package dev.tribunal.contracts.judge.v1;

import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;

/** What every judge serves, in whatever language it is written; beside {@code /health/live} and {@code /health/ready}. */
public interface JudgeApi {

    String CONTRACT = "judge/v1";

    @GetExchange("/judge/v1/descriptor")
    JudgeDescriptor descriptor();

    @PostExchange("/judge/v1/evaluate")
    EvaluateResponse evaluate(@RequestBody EvaluateRequest request);

    /**
     * Tells which prompts the judge could not judge a completion of. Asked when a run is created; only a judge whose
     * descriptor says {@code checksItems} serves it.
     */
    @PostExchange("/judge/v1/check")
    CheckResponse check(@RequestBody CheckRequest request);
}
