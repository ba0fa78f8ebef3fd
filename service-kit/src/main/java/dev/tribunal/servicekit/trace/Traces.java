package dev.tribunal.servicekit.trace;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A service's traces: where they begin, and where they are sent. Spans wait in a queue of bounded length, and no work waits for them. */
public final class Traces implements AutoCloseable {

    /** For a collector that is away. */
    private static final Duration SENDING = Duration.ofSeconds(5);

    /** For the last spans, when the service stops. */
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    /** Nothing is traced. */
    public static final Traces OFF = new Traces(Tracer.NOOP, Propagator.NOOP, null);

    private final Tracer tracer;
    private final Propagator propagator;
    private final @Nullable SdkTracerProvider provider;

    private Traces(Tracer tracer, Propagator propagator, @Nullable SdkTracerProvider provider) {
        this.tracer = tracer;
        this.propagator = propagator;
        this.provider = provider;
    }

    /** @param service that they are of, as the collector shows it */
    public static Traces of(String service, TraceProperties properties) {
        URI endpoint = properties.endpoint();
        if (endpoint == null) {
            return OFF;
        }
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault()
                        .merge(Resource.builder()
                                .put(AttributeKey.stringKey("service.name"), service)
                                .build()))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(properties.ratio())))
                .addSpanProcessor(BatchSpanProcessor.builder(OtlpHttpSpanExporter.builder()
                                .setEndpoint(endpoint.toString())
                                .setTimeout(SENDING)
                                .build())
                        .build())
                .build();
        io.opentelemetry.api.trace.Tracer otel = provider.get("dev.tribunal");
        return new Traces(
                new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {}),
                new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel),
                provider);
    }

    boolean on() {
        return provider != null;
    }

    Tracer tracer() {
        return tracer;
    }

    Propagator propagator() {
        return propagator;
    }

    /** Does work on this thread in which {@link Span#root} begins traces. */
    public <T extends @Nullable Object> T during(Supplier<T> work) {
        return on() ? new Span(this, null).run(work::get) : work.get();
    }

    /** Sends what is waiting. */
    @Override
    public void close() {
        if (provider != null) {
            provider.shutdown().join(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
