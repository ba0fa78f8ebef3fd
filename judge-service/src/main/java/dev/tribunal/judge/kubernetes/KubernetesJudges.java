package dev.tribunal.judge.kubernetes;

import dev.tribunal.judge.registry.SelfRegistration;
import dev.tribunal.judge.registry.SelfRegistration.Declared;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps the registry as the labelled Services are. Whatever happens to one of them, all are compared with what is
 * registered: an event that got lost is made good by the next, or by time.
 */
final class KubernetesJudges implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(KubernetesJudges.class);

    private final KubernetesClient client;
    private final KubernetesProperties properties;
    private final AnnotatedService reader;
    private final SelfRegistration registration;
    private final List<SharedIndexInformer<Service>> informers = new ArrayList<>();
    private final AtomicBoolean comparing = new AtomicBoolean();

    /** By source: what was said about it last, so that it is said once. */
    private Map<String, String> problems = Map.of();

    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("kubernetes-judges").factory());
    private volatile boolean running;

    KubernetesJudges(
            KubernetesClient client,
            KubernetesProperties properties,
            AnnotatedService reader,
            SelfRegistration registration) {
        this.client = client;
        this.properties = properties;
        this.reader = reader;
        this.registration = registration;
    }

    /** Returns at once: an API server that does not answer is asked again and again. */
    @Override
    public void start() {
        running = true;
        List<String> namespaces = properties.namespaces().isEmpty() ? ownNamespace() : properties.namespaces();
        log.info("Services with the label {} in {} register themselves as judges", AnnotatedService.LABEL, namespaces);
        for (String namespace : namespaces) {
            informers.add(client.services()
                    .inNamespace(namespace)
                    .withLabel(AnnotatedService.LABEL, "true")
                    .runnableInformer(0)
                    .addEventHandler(new Listener())
                    .exceptionHandler((started, problem) -> {
                        log.warn("cannot watch the Services in {}; trying again", namespace, problem);
                        return true;
                    }));
        }
        informers.forEach(SharedIndexInformer::start);
        long pause = properties.compareEvery().toMillis();
        var _ = worker.scheduleWithFixedDelay(this::compare, pause, pause, TimeUnit.MILLISECONDS);
    }

    private List<String> ownNamespace() {
        String own = client.getNamespace();
        return List.of(own == null ? "default" : own);
    }

    private final class Listener implements ResourceEventHandler<Service> {

        @Override
        public void onAdd(Service service) {
            compareSoon();
        }

        @Override
        public void onUpdate(Service before, Service after) {
            compareSoon();
        }

        @Override
        public void onDelete(Service service, boolean finalStateUnknown) {
            compareSoon();
        }
    }

    /** Many events at once are one comparison. */
    private void compareSoon() {
        if (running && comparing.compareAndSet(false, true)) {
            worker.execute(() -> {
                comparing.set(false);
                compare();
            });
        }
    }

    private void compare() {
        // Before the first list is complete, everything would look gone.
        if (!informers.stream().allMatch(SharedIndexInformer::hasSynced)) {
            return;
        }
        try {
            List<Declared> declared = new ArrayList<>();
            Map<String, String> unreadable = new HashMap<>();
            for (SharedIndexInformer<Service> informer : informers) {
                for (Service service : informer.getStore().list()) {
                    read(service, declared, unreadable);
                }
            }
            Map<String, String> all = new HashMap<>(unreadable);
            all.putAll(registration.follow(declared, unreadable.keySet()));
            report(all);
        } catch (RuntimeException e) {
            log.error("cannot register the Services' judges; trying again", e);
        }
    }

    private void read(Service service, List<Declared> declared, Map<String, String> unreadable) {
        String source = "kubernetes:" + service.getMetadata().getNamespace() + "/"
                + service.getMetadata().getName();
        try {
            declared.add(new Declared(source, reader.registration(service)));
        } catch (IllegalArgumentException e) {
            unreadable.put(source, String.valueOf(e.getMessage()));
        }
    }

    private void report(Map<String, String> now) {
        now.forEach((source, problem) -> {
            if (!problem.equals(problems.get(source))) {
                log.warn("{} is not registered as a judge: {}", source, problem);
            }
        });
        problems = now;
    }

    @Override
    public void stop() {
        running = false;
        informers.forEach(SharedIndexInformer::stop);
        worker.shutdownNow();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
