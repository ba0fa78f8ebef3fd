package dev.tribunal.servicekit.trace;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.servicekit.outbound.AddressGuard;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.JsonEndpoint;
import dev.tribunal.servicekit.testing.OtlpReceiver;
import dev.tribunal.servicekit.testing.OtlpReceiver.Received;
import dev.tribunal.servicekit.work.WorkPool;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class TracesTest {

    private OtlpReceiver collector;

    @BeforeEach
    void start() throws IOException {
        collector = new OtlpReceiver();
    }

    @AfterEach
    void stop() {
        collector.close();
    }

    private Traces traces(double ratio) {
        return Traces.of("sums", new TraceProperties(collector.endpoint(), ratio));
    }

    private Map<String, Received> byName() {
        return collector.spans().stream().collect(toMap(Received::name, Function.identity()));
    }

    @Test
    void whatBeginsMeanwhileBelongsToIt() {
        Map<String, String> headers = new HashMap<>();
        try (Traces traces = traces(1)) {
            traces.during(() -> {
                try (Span step = Span.root("step")) {
                    step.tag("tribunal.step", 3).tag("tribunal.run", "run_1");
                    Span.begin("sampling").close();
                    try (Span scoring = Span.begin("scoring")) {
                        scoring.failed("timeout");
                        scoring.tell(headers::put);
                    }
                    try (Span _ = Span.begin("update")) {
                        assertThat(MDC.get("traceId")).matches("[0-9a-f]{32}");
                    }
                }
                assertThat(Span.current().isKept()).isFalse();
                assertThat(MDC.get("traceId")).isNull();
                return null;
            });
        }
        Map<String, Received> spans = byName();
        Received step = spans.get("step");
        assertThat(spans).containsOnlyKeys("step", "sampling", "scoring", "update");
        assertThat(step.parent()).isEmpty();
        assertThat(step.service()).isEqualTo("sums");
        assertThat(step.tags()).containsEntry("tribunal.step", "3").containsEntry("tribunal.run", "run_1");
        assertThat(step.failed()).isFalse();
        for (String name : List.of("sampling", "scoring", "update")) {
            assertThat(spans.get(name).parent()).as(name).isEqualTo(step.id());
            assertThat(spans.get(name).trace()).as(name).isEqualTo(step.trace());
        }
        assertThat(spans.get("scoring").failed()).isTrue();
        assertThat(spans.get("scoring").tags()).containsEntry("error.type", "timeout");
        assertThat(headers)
                .containsEntry(
                        "traceparent",
                        "00-" + step.trace() + "-" + spans.get("scoring").id() + "-03"); // kept, and its id is random
    }

    @Test
    void poolsCarryItOn() {
        try (Traces traces = traces(1);
                WorkPool pool = new WorkPool("sums", 1, 1)) {
            traces.during(() -> {
                try (Span _ = Span.root("step")) {
                    pool.call(Duration.ofSeconds(5), () -> {
                        Span.begin("work").close();
                        return null;
                    });
                }
                return pool.call(Duration.ofSeconds(5), () -> {
                    Span.begin("later").close();
                    return null;
                });
            });
        }
        assertThat(byName()).containsOnlyKeys("step", "work");
        assertThat(byName().get("work").parent()).isEqualTo(byName().get("step").id());
    }

    /** A service that is told of a trace that is not kept keeps its part of it no more. */
    @Test
    void aTraceThatIsNotKeptSaysSo() {
        Map<String, String> headers = new HashMap<>();
        try (Traces traces = traces(0);
                Traces other = traces(1)) {
            traces.during(() -> {
                try (Span step = Span.root("step")) {
                    assertThat(step.isKept()).isFalse();
                    step.tell(headers::put);
                }
                return null;
            });
            assertThat(headers.get("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-02");
            Span.asked(other, "GET", headers::get).close();
        }
        assertThat(collector.spans()).isEmpty();
    }

    @Test
    void aRequestGoesOnInTheTraceThatItBrings() {
        String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        try (Traces traces = traces(0)) { // the one who began it has decided
            Span.asked(traces, "POST", Map.of("traceparent", parent)::get).close();
        }
        Received span = byName().get("POST");
        assertThat(span.trace()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(span.parent()).isEqualTo("b7ad6b7169203331");
        assertThat(span.kind()).isEqualTo(2);
    }

    @Test
    void aCallThatFailsSaysWhyAndWhere() throws IOException {
        try (Traces traces = traces(1);
                GuardedHttp http = new GuardedHttp(new AddressGuard(List.of("127.0.0.1")), 1000)) {
            traces.during(() -> {
                try (Span _ = Span.root("step")) {
                    Assertions.assertThatExceptionOfType(CallFailure.class)
                            .isThrownBy(() -> new JsonEndpoint(
                                            http,
                                            collector
                                                    .endpoint()
                                                    .resolve("/nothing")
                                                    .toString(),
                                            "secret-token")
                                    .post("/there?key=secret-key", new byte[0], Map.of(), Duration.ofSeconds(5)));
                }
                return null;
            });
        }
        Received call = byName().get("POST");
        assertThat(call.parent()).isEqualTo(byName().get("step").id());
        assertThat(call.kind()).isEqualTo(3);
        assertThat(call.failed()).isTrue();
        assertThat(call.tags())
                .containsEntry("http.response.status_code", "404")
                .containsEntry("server.address", "127.0.0.1")
                .containsEntry("url.path", "/nothing/there");
        assertThat(collector.raw()).doesNotContain("secret");
    }

    @Test
    void withoutAnEndpointNothingIsDone() {
        Map<String, String> headers = new HashMap<>();
        Traces traces = Traces.of("sums", new TraceProperties(null, 1));
        traces.during(() -> {
            Span first = Span.root("step");
            Span second = Span.begin("update");
            assertThat(second).as("one object for all").isSameAs(first);
            second.tell(headers::put);
            return null;
        });
        assertThat(headers).isEmpty();
        assertThat(Span.current().isKept()).isFalse();
    }
}
