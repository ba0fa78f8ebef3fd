package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.outbound.CallFailure;
import dev.tribunal.judge.sdk.AnswerReader.Reading;
import dev.tribunal.judge.sdk.Deadline;

/** One request to one judge, wherever it runs. */
public interface JudgeCall {

    /**
     * Returns or throws by the deadline, whatever the judge does.
     *
     * @throws CallFailure if there is no answer
     */
    Reading send(EvaluateRequest request, Deadline deadline) throws CallFailure;
}
