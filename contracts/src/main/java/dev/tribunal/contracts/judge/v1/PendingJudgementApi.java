package dev.tribunal.contracts.judge.v1;

import dev.tribunal.contracts.common.Text;
import java.util.List;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;

/** Whom the fan-out waits for. */
public interface PendingJudgementApi {

    /**
     * The judges that a run waits for now, as far as this instance of the service has asked them, the longest wait first.
     * Callers of some namespaces alone are told of none; what a run waits for stands in the run.
     *
     * @param runId of the requests' context
     */
    @GetExchange("/v1/judgements/pending")
    List<PendingJudgement> pending(@RequestParam("runId") @Text(max = 200) String runId);
}
