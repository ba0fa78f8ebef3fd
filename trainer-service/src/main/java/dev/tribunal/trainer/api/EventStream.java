package dev.tribunal.trainer.api;

import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.trainer.execution.RunExecutor;
import dev.tribunal.trainer.store.EventLog;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.Signal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/**
 * A run's events as server-sent events: those that there are, then each as it comes, until the run has ended and all
 * are sent. Every stream keeps a (virtual) thread.
 */
@RestController
class EventStream {

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int BATCH = 500;

    private final RunStore runs;
    private final EventLog events;
    private final RunExecutor executor;
    private final Signal signal;
    private final JsonMapper json;

    EventStream(RunStore runs, EventLog events, RunExecutor executor, Signal signal, JsonMapper json) {
        this.runs = runs;
        this.events = events;
        this.executor = executor;
        this.signal = signal;
        this.json = json;
    }

    /**
     * @param lastEventId what a client that was cut off had seen last; goes before {@code after}
     */
    @GetMapping(path = "/v1/runs/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(
            @PathVariable("id") String id,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable Long lastEventId,
            @RequestParam(name = "after", required = false) @Nullable Long after,
            HttpServletResponse response)
            throws IOException, InterruptedException {
        boolean ended = runs.get(id).state().terminal();
        if (ended && lastEventId != null && events.after(id, lastEventId, 1).isEmpty()) {
            // Tells a browser's EventSource not to come back.
            response.setStatus(HttpStatus.NO_CONTENT.value());
            return;
        }
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE + ";charset=UTF-8");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        long seen = lastEventId != null ? lastEventId : after != null ? after : 0;
        try {
            send(id, seen, response);
        } catch (IOException gone) {
            // The client has left; there is nobody to tell.
        }
    }

    private void send(String id, long seen, HttpServletResponse response) throws IOException, InterruptedException {
        Writer writer = response.getWriter();
        response.flushBuffer();
        long lastWrite = System.nanoTime();
        while (true) {
            long heard = signal.sent();
            // Asked before the events are read: those of a run that has ended are then all there.
            boolean ended = runs.get(id).state().terminal() || !executor.isRunning();
            List<RunEvent> batch = events.after(id, seen, BATCH);
            for (RunEvent event : batch) {
                writer.write("id: " + event.sequence() + "\nevent: " + event.type() + "\ndata: "
                        + json.writeValueAsString(event) + "\n\n");
                seen = event.sequence();
            }
            if (batch.isEmpty() && ended) {
                return;
            }
            if (batch.isEmpty() && System.nanoTime() - lastWrite > HEARTBEAT.toNanos()) {
                writer.write(": heartbeat\n\n");
            } else if (batch.isEmpty()) {
                signal.await(heard, LOOK);
                continue;
            }
            response.flushBuffer();
            lastWrite = System.nanoTime();
        }
    }
}
