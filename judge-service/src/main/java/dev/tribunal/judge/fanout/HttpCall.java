package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemChecks;
import dev.tribunal.judge.sdk.conformance.AnswerReader;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.servicekit.outbound.AddressGuard;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.JsonEndpoint;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A judge that is a service of its own, asked by judge/v1.
 *
 * @param url its base URL, which the {@link AddressGuard} has no objection to
 * @param bearerToken sent with each request, if given; never printed
 */
public record HttpCall(
        GuardedHttp http, String url, @Nullable String bearerToken, JsonMapper json) implements JudgeCall {

    private static final String EVALUATE = "/judge/v1/evaluate";
    private static final String CHECK = "/judge/v1/check";

    /** What a server says to a path that it does not know. */
    private static final Set<String> NOT_SERVED = Set.of("http_404", "http_405", "http_501");

    @Override
    public Reading send(EvaluateRequest request, Deadline deadline) throws CallFailure {
        byte[] answer = new JsonEndpoint(http, url, bearerToken)
                .post(
                        EVALUATE,
                        json.writeValueAsBytes(request),
                        Map.of("Idempotency-Key", idempotencyKey(request), "traceparent", traceparent()),
                        deadline.remaining());
        return AnswerReader.read(answer, request);
    }

    @Override
    public CheckResponse check(CheckRequest request, Deadline deadline) throws CallFailure {
        byte[] answer;
        try {
            answer = new JsonEndpoint(http, url, bearerToken)
                    .post(
                            CHECK,
                            json.writeValueAsBytes(request),
                            Map.of("traceparent", traceparent()),
                            deadline.remaining());
        } catch (CallFailure failure) {
            if (NOT_SERVED.contains(failure.code())) {
                return JudgeCall.super.check(request, deadline);
            }
            throw failure;
        }
        return ItemChecks.read(answer, request);
    }

    /** All that is asked. The time left is not part of it: it is less at every attempt. */
    private record Asked(
            String requestId, @Nullable EvaluationContext context, JudgeReference judge, List<JudgeItem> items) {}

    /**
     * Of what is asked, not of who asks: one request asks a judge under several parameters, and once it is resumed about
     * fewer items.
     */
    private static String idempotencyKey(EvaluateRequest request) {
        Asked asked = new Asked(request.requestId(), request.context(), request.judge(), request.items());
        return HexFormat.of().formatHex(VerdictKeys.hash(asked));
    }

    /**
     * W3C Trace Context, a new trace for each request that does not belong to one: judges log it, and so can be asked about
     * it.
     */
    private static String traceparent() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return String.format(
                "00-%016x%016x-%016x-01", random.nextLong(), random.nextLong(), random.nextLong(1, Long.MAX_VALUE));
    }

    @Override
    public String toString() {
        return "HttpCall[" + url + "]";
    }
}
