package dev.tribunal.local.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts the services side by side: each waits for its database and its class loading, not for the others. */
final class ServiceStart {

    private ServiceStart() {}

    /**
     * @param settings of each service; they win over its settings file and over the environment
     * @return the started applications, in the order of the services
     * @throws PlatformException if one does not start; the others are stopped again
     */
    static List<ConfigurableApplicationContext> all(
            Map<Service, Map<String, String>> settings, Consumer<String> progress) throws InterruptedException {
        ExecutorService starters = Executors.newFixedThreadPool(settings.size());
        try {
            List<Future<ConfigurableApplicationContext>> starts = new ArrayList<>();
            settings.forEach((service, its) -> starts.add(starters.submit(() -> {
                ConfigurableApplicationContext context = start(service, its);
                progress.accept(service.title);
                return context;
            })));
            return await(List.copyOf(settings.keySet()), starts);
        } finally {
            starters.shutdown();
        }
    }

    private static List<ConfigurableApplicationContext> await(
            List<Service> services, List<Future<ConfigurableApplicationContext>> starts) throws InterruptedException {
        List<ConfigurableApplicationContext> started = new ArrayList<>();
        PlatformException failure = null;
        for (int i = 0; i < starts.size(); i++) {
            try {
                started.add(starts.get(i).get());
            } catch (ExecutionException e) {
                failure = new PlatformException(
                        "the " + services.get(i).title + " does not start: "
                                + rootCause(e).getMessage() + "; the log has more",
                        e);
            }
        }
        if (failure != null) {
            started.forEach(ConfigurableApplicationContext::close);
            throw failure;
        }
        return started;
    }

    private static ConfigurableApplicationContext start(Service service, Map<String, String> settings) {
        String[] arguments = settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
        return new SpringApplicationBuilder(service.application)
                .properties("spring.config.name=" + service.title)
                .run(arguments);
    }

    private static Throwable rootCause(Throwable problem) {
        Throwable root = problem;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
