package dev.tribunal.trainer.webhook;

import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.spec.Webhook;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.trainer.store.Deliveries;
import dev.tribunal.trainer.store.Deliveries.Delivery;
import dev.tribunal.trainer.store.EventLog;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Delivers what webhooks are to be told, beside all training. What is not taken is tried again for about an hour and then
 * given up, which the run's condition {@code webhook_failed} tells. It may arrive twice, with the same id.
 */
@Component
final class WebhookSender implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(WebhookSender.class);

    private static final Duration LOOK = Duration.ofSeconds(5);

    /** Between two looks, however often runs change. */
    private static final Duration REST = Duration.ofMillis(500);

    private static final int AT_ONCE = 16;

    /** A trainer that ends meanwhile leaves its deliveries to the next look after this. */
    private static final Duration LEASE = Duration.ofMinutes(1);

    /** Before the second attempt, and so on. */
    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofMinutes(1),
            Duration.ofMinutes(4),
            Duration.ofMinutes(10),
            Duration.ofMinutes(20),
            Duration.ofMinutes(30));

    private final Deliveries deliveries;
    private final RunStore runs;
    private final EventLog events;
    private final WebhookTargets targets;
    private final Signal signal;
    private final JsonMapper json;
    private volatile boolean running;
    private @Nullable Thread thread;

    WebhookSender(
            Deliveries deliveries,
            RunStore runs,
            EventLog events,
            WebhookTargets targets,
            Signal signal,
            JsonMapper json) {
        this.deliveries = deliveries;
        this.runs = runs;
        this.events = events;
        this.targets = targets;
        this.signal = signal;
        this.json = json;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("webhooks").start(this::send);
    }

    @Override
    public void stop() {
        running = false;
        if (thread != null) {
            thread.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void send() {
        while (running) {
            long heard = signal.sent();
            try {
                sendDue();
                Thread.sleep(REST);
                signal.await(heard, LOOK);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) { // the database is away, for example
                log.warn("cannot look for what webhooks are to be told; looking again: {}", e.getMessage());
            }
        }
    }

    /** At the same time, so that a server that hangs holds nobody up for longer than its time. */
    private void sendDue() throws InterruptedException {
        List<Delivery> due;
        do {
            due = deliveries.take(AT_ONCE, LEASE);
            List<Thread> sending = new ArrayList<>();
            for (Delivery one : due) {
                sending.add(Thread.ofVirtual().name("webhook").start(() -> deliver(one)));
            }
            for (Thread each : sending) {
                each.join();
            }
        } while (due.size() == AT_ONCE && running);
    }

    private void deliver(Delivery delivery) {
        try {
            RunEntity run = runs.get(delivery.runId());
            Webhook webhook = run.spec().webhook();
            Optional<RunEvent> event = events.after(delivery.runId(), delivery.sequence() - 1, 1).stream()
                    .filter(found -> found.sequence() == delivery.sequence())
                    .findFirst();
            if (webhook == null || event.isEmpty()) { // of a step that was taken back
                deliveries.done(delivery);
                return;
            }
            try {
                targets.post(
                        webhook,
                        delivery.runId() + "." + delivery.sequence(),
                        json.writeValueAsBytes(body(run, event.get())));
                deliveries.done(delivery);
            } catch (IOException notTaken) {
                failed(delivery, webhook, String.valueOf(notTaken.getMessage()));
            }
        } catch (TribunalException deleted) {
            deliveries.done(delivery);
        } catch (RuntimeException e) {
            log.warn("cannot deliver event {} of run {}; trying again", delivery.sequence(), delivery.runId(), e);
        }
    }

    private void failed(Delivery delivery, Webhook webhook, String why) {
        if (delivery.attempts() <= PAUSES.size()) {
            deliveries.later(delivery, PAUSES.get(delivery.attempts() - 1));
            return;
        }
        deliveries.done(delivery);
        runs.note(
                delivery.runId(),
                "webhook_failed",
                webhook.url() + " did not take event " + delivery.sequence() + " in " + delivery.attempts()
                        + " attempts: " + why);
    }

    /** {@code {type, timestamp, data: {run: {id, name, labels}, event}}}. */
    private static Map<String, Object> body(RunEntity run, RunEvent event) {
        Map<String, Object> ofRun = new LinkedHashMap<>();
        ofRun.put("id", run.id());
        ofRun.put("name", run.spec().name());
        ofRun.put("labels", run.spec().labels());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "run." + (event.type().equals("state") ? event.data().get("state") : event.type()));
        body.put("timestamp", event.time());
        body.put("data", Map.of("run", ofRun, "event", event));
        return body;
    }
}
