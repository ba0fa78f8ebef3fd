package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.outbound.CallFailure;
import dev.tribunal.judge.sdk.AnswerReader.Reading;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.Judge;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A judge of this process, on a thread of its own so that it cannot outstay its deadline. */
public record InProcessCall(Judge judge, ExecutorService threads) implements JudgeCall {

    private static final Logger log = LoggerFactory.getLogger(InProcessCall.class);

    @Override
    public Reading send(EvaluateRequest request, Deadline deadline) throws CallFailure {
        Duration limit = deadline.remaining();
        Future<List<Result>> answer = threads.submit(
                () -> judge.evaluate(request.items(), request.judge().parameters(), deadline));
        try {
            return new Reading(answer.get(limit.toNanos(), TimeUnit.NANOSECONDS), null);
        } catch (TimeoutException e) {
            throw CallFailure.timeout(limit);
        } catch (ExecutionException e) {
            log.error("judge {} failed", judge.descriptor().name(), e.getCause());
            throw CallFailure.lasting("judge_error", String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CallFailure.timeout(limit);
        } finally {
            answer.cancel(true);
        }
    }
}
