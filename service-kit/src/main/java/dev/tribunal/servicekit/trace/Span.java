package dev.tribunal.servicekit.trace;

import java.lang.ScopedValue.CallableOp;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.hc.core5.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A piece of work in a trace, from its beginning until it is closed, on the thread that began it. What begins meanwhile on the
 * thread belongs to it, and so does what other threads do in {@link #run}. Where nothing is traced it does nothing.
 *
 * <p>Numbers, names and codes say how the work went; texts of prompts and completions never do.
 */
public final class Span implements AutoCloseable {

    private static final ThreadLocal<@Nullable Span> CURRENT = new ThreadLocal<>();
    private static final Span NONE = new Span(Traces.OFF, null);

    /** The trace's id in each line of the log. */
    private static final String LOGGED = "traceId";

    private static final int REFUSED = 400;

    private final Traces traces;

    /** Absent where nothing is traced, or no trace has begun yet. */
    private final io.micrometer.tracing.@Nullable Span span;

    private @Nullable Span before;

    Span(Traces traces, io.micrometer.tracing.@Nullable Span span) {
        this.traces = traces;
        this.span = span;
    }

    /** Of the thread's work. */
    public static Span current() {
        Span current = CURRENT.get();
        return current == null ? NONE : current;
    }

    /** Begins a trace, if the thread's work is to be traced and does not belong to one yet; else a piece of that one. */
    public static Span root(String name) {
        Span current = current();
        return current.span == null && current.traces.on()
                ? current.began(current.traces.tracer().spanBuilder().setNoParent(), name)
                        .enter()
                : begin(name);
    }

    /** Begins a piece of the thread's work, if that belongs to a trace. */
    public static Span begin(String name) {
        return current().child(name, null).enter();
    }

    /** Begins a call to another service, which is told what it works for: {@code traceparent}. */
    public static Span call(HttpRequest request) {
        String method = request.getMethod();
        Span call =
                current().child(method, io.micrometer.tracing.Span.Kind.CLIENT).enter();
        if (call.span != null) {
            call.tag("http.request.method", method)
                    .tag("server.address", request.getAuthority().getHostName())
                    .tag("server.port", request.getAuthority().getPort())
                    .tag("url.path", request.getPath().split("\\?", 2)[0]);
        }
        call.tell(request::setHeader);
        return call;
    }

    /** Begins what a request asks for, in the trace that its headers tell of. */
    static Span asked(Traces traces, String method, Function<String, @Nullable String> headers) {
        io.micrometer.tracing.Span.Builder builder = traces.propagator().extract(headers, Function::apply);
        return new Span(
                        traces,
                        builder.kind(io.micrometer.tracing.Span.Kind.SERVER)
                                .name(method)
                                .start())
                .enter();
    }

    private Span child(String name, io.micrometer.tracing.Span.@Nullable Kind kind) {
        if (span == null) {
            return NONE;
        }
        io.micrometer.tracing.Span.Builder builder =
                traces.tracer().spanBuilder().setParent(span.context());
        return began(kind == null ? builder : builder.kind(kind), name);
    }

    private Span began(io.micrometer.tracing.Span.Builder builder, String name) {
        return new Span(traces, builder.name(name).start());
    }

    private Span enter() {
        if (span != null) {
            before = CURRENT.get();
            set(this);
        }
        return this;
    }

    private static void set(@Nullable Span current) {
        if (current == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(current);
        }
        if (current == null || current.span == null) {
            MDC.remove(LOGGED);
        } else {
            MDC.put(LOGGED, current.span.context().traceId());
        }
    }

    /** Does work for this piece on this thread, which may be another one than began it. */
    public <T extends @Nullable Object, X extends Throwable> T run(CallableOp<T, X> work) throws X {
        if (!traces.on()) {
            return work.call();
        }
        Span other = CURRENT.get();
        set(this);
        try {
            return work.call();
        } finally {
            set(other);
        }
    }

    /** Whether what is said of it is kept; if not, it need not be worked out. */
    public boolean isKept() {
        return span != null && !span.isNoop();
    }

    void name(String name) {
        Objects.requireNonNull(span).name(name);
    }

    public Span tag(String key, String value) {
        if (span != null) {
            span.tag(key, value);
        }
        return this;
    }

    public Span tag(String key, long value) {
        if (span != null) {
            span.tag(key, value);
        }
        return this;
    }

    /** What the other service answered to a {@link #call}, or this one to a request. */
    public void answered(int status) {
        tag("http.response.status_code", status);
        if (status >= REFUSED) {
            failed(String.valueOf(status));
        }
    }

    /** @param code of what went wrong, or its class; no message, which may quote a text */
    public void failed(String code) {
        if (span != null) {
            span.tag("error.type", code).error(new Failure(code));
        }
    }

    /** Writes which piece of work another service works for. */
    public void tell(BiConsumer<String, String> header) {
        if (span != null) {
            traces.propagator()
                    .inject(
                            span.context(),
                            header,
                            (to, name, value) -> Objects.requireNonNull(to).accept(name, value));
        }
    }

    @Override
    public void close() {
        if (span != null) {
            span.end();
            set(before);
        }
    }

    private static final class Failure extends Exception {
        private Failure(String code) {
            super(code, null, false, false);
        }
    }
}
