package dev.tribunal.judge.protocols;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.judge.fanout.JudgeCall;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.judge.sdk.conformance.JudgeConformance;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Expected;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.work.Batches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a judge behind a protocol to those checks of the conformance kit that are about its verdicts. Nobody can ask a
 * server of another system for a descriptor, or for judge/v1's errors.
 */
public final class ProtocolGate {

    private ProtocolGate() {}

    /** @param maxBatchItems of one call */
    public static List<Check> check(JudgeCall call, Expected expected, int maxBatchItems) {
        return JudgeConformance.ofVerdicts(request -> ask(call, request, maxBatchItems), expected)
                .run();
    }

    private static Reading ask(JudgeCall call, EvaluateRequest request, int maxBatchItems) {
        List<Result> results = new ArrayList<>();
        for (List<JudgeItem> items : Batches.of(request.items(), maxBatchItems)) {
            EvaluateRequest part = new EvaluateRequest(
                    request.requestId(), request.deadlineMs(), request.context(), request.judge(), items);
            try {
                // The fan-out sends parts at the same time; here one comes after the other, each with all of the time.
                Deadline deadline = Deadline.after(Duration.ofMillis(request.deadlineMs()));
                Reading reading = call.send(part, deadline);
                if (reading.fault() != null) {
                    return reading;
                }
                results.addAll(reading.results());
            } catch (CallFailure e) {
                return new Reading(List.of(), new VerdictError(e.code(), false, e.code() + ": " + e.getMessage()));
            }
        }
        return new Reading(results, null);
    }
}
