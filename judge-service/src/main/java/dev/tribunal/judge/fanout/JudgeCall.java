package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.servicekit.outbound.CallFailure;
import java.util.List;

/** One request to one judge, wherever it runs. */
public interface JudgeCall {

    /**
     * Returns or throws by the deadline, whatever the judge does.
     *
     * @throws CallFailure if there is no answer
     */
    Reading send(EvaluateRequest request, Deadline deadline) throws CallFailure;

    /**
     * Which items the judge could not judge a completion of; nothing, if it does not check. By the deadline as well.
     *
     * @throws CallFailure if there is no answer
     */
    default CheckResponse check(CheckRequest request, Deadline deadline) throws CallFailure {
        return new CheckResponse(
                new JudgeVersion(request.judge().name(), request.judge().version()), List.of(), null);
    }
}
