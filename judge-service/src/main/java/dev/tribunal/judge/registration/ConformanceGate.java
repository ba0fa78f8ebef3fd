package dev.tribunal.judge.registration;

import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.judge.fanout.JudgeCall;
import dev.tribunal.judge.protocols.ProtocolCall;
import dev.tribunal.judge.protocols.ProtocolGate;
import dev.tribunal.judge.sdk.conformance.JudgeConformance;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Expected;
import dev.tribunal.judge.sdk.conformance.JudgeTransport;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Puts a registered judge to the checks of the conformance kit, over the same guarded HTTP that will ask it. */
@Component
public class ConformanceGate {

    private static final String DESCRIPTOR = "/judge/v1/descriptor";
    private static final Duration GLANCE = Duration.ofSeconds(5);

    private final GuardedHttp http;
    private final JsonMapper json;

    ConformanceGate(GuardedHttp http, JsonMapper json) {
        this.http = http;
        this.json = json;
    }

    /** @param descriptor what the judge says of itself; nothing if it did not answer */
    public record Findings(@Nullable JudgeDescriptor descriptor, List<Check> report) {

        public boolean passed() {
            return report.stream().allMatch(Check::passed);
        }
    }

    /** @param accepted what the judge said of itself when it first passed, which it has to say still */
    public Findings check(Registration judge, @Nullable String bearerToken, @Nullable JudgeDescriptor accepted)
            throws InterruptedException {
        Expected expected = new Expected(
                judge.name(),
                judge.version(),
                judge.limits().timeout(),
                judge.deterministic(),
                judge.limits().maxBatchItems(),
                judge.fixtures());
        if (judge.adapter() != null) {
            JudgeCall call = ProtocolCall.to(judge.adapter(), http, judge.url(), bearerToken, 1);
            return new Findings(
                    null, ProtocolGate.check(call, expected, judge.limits().maxBatchItems()));
        }
        List<Check> report =
                JudgeConformance.of(transport(judge, bearerToken), expected).run();
        JudgeDescriptor descriptor;
        try {
            descriptor = descriptor(judge, bearerToken);
        } catch (IOException e) {
            return new Findings(
                    null,
                    report.stream().allMatch(Check::passed)
                            ? List.of(new Check("descriptor", false, "it did not answer again: " + e.getMessage()))
                            : report);
        }
        String difference = accepted == null ? null : Descriptors.difference(accepted, descriptor);
        return new Findings(
                descriptor,
                difference == null
                        ? report
                        : Stream.concat(report.stream(), Stream.of(Descriptors.changed(difference)))
                                .toList());
    }

    /** @throws IOException if it does not tell */
    public JudgeDescriptor descriptor(Registration judge, @Nullable String bearerToken)
            throws IOException, InterruptedException {
        JudgeTransport.Reply reply = transport(judge, bearerToken).send(DESCRIPTOR, null, GLANCE);
        if (reply.status() != 200) {
            throw new IOException("GET " + DESCRIPTOR + " answered status " + reply.status());
        }
        try {
            return json.readValue(reply.body(), JudgeDescriptor.class);
        } catch (JacksonException e) {
            throw new IOException("its descriptor cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    private JudgeTransport transport(Registration judge, @Nullable String bearerToken) {
        return JudgeTransport.to(http, Objects.requireNonNull(judge.url()), bearerToken);
    }
}
