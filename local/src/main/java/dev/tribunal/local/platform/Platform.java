package dev.tribunal.local.platform;

import dev.tribunal.contracts.http.ServiceClients;
import dev.tribunal.contracts.reward.v1.RewardApi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * All services of one machine, with their database, in this JVM. Closing stops them in the right order, at any moment:
 * also while they start.
 */
public final class Platform implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Platform.class);
    private static final Duration IMPORT_TIMEOUT = Duration.ofMinutes(1);
    private static final List<String> EMBEDDED_REWARD_MODELS = List.of("helpfulness", "harmlessness");

    private final Home home;
    private final Map<Service, Integer> ports;
    private final Address address;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private boolean closed;

    /**
     * Nothing runs yet.
     *
     * @param home belongs to the platform from now on, which closes it
     * @param port the gateway's; 0 for any free one
     * @throws PlatformException if the port is in use
     */
    public Platform(Home home, int port) {
        if (port != 0) {
            FreePorts.requireFree(port);
        }
        this.home = home;
        this.ports = ports(port);
        this.address = new Address(url(Service.GATEWAY), home.secret("token"));
    }

    /**
     * Starts everything, and publishes the address in the home once it answers.
     *
     * @param warningsOnTerminal whether the services' warnings appear on standard error, beside the log
     * @param progress told about each part that is ready
     * @throws PlatformException if something is in the way; what had started is stopped again
     */
    public void start(boolean warningsOnTerminal, Consumer<String> progress) throws InterruptedException {
        try {
            PlatformLog.open(home, warningsOnTerminal);
            Database database = Database.start(home);
            keep(database);
            progress.accept("PostgreSQL");
            Map<Service, Map<String, String>> settings = new EnumMap<>(Service.class);
            for (Service service : Service.values()) {
                settings.put(service, settings(service, database));
            }
            ServiceStart.all(settings, progress).forEach(this::keep);
            importRewardModels();
            publish();
        } catch (InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    public Address address() {
        return address;
    }

    public Path home() {
        return home.folder();
    }

    private synchronized void keep(AutoCloseable part) {
        parts.push(part);
        if (closed) {
            closeParts();
        }
    }

    private synchronized void publish() {
        if (!closed) {
            address.publish(home.folder());
        }
    }

    private Map<String, String> settings(Service service, Database database) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("server.address", "127.0.0.1");
        settings.put("server.port", ports.get(service).toString());
        // Nobody waits for the last request of a platform that is being stopped at a terminal.
        settings.put("server.shutdown", "immediate");
        settings.put("spring.main.register-shutdown-hook", "false");
        settings.put("management.metrics.use-global-registry", "false");
        settings.put("tribunal.http.token", address.token());
        switch (service) {
            case JUDGE -> {
                settings.putAll(database.settings());
                settings.put("tribunal.files.roots", roots());
                settings.put("tribunal.judge.model", "hf:" + Project.example("embedded/judge"));
            }
            case REWARD -> {
                settings.putAll(database.settings());
                settings.put("tribunal.files.roots", roots());
                settings.put("tribunal.reward.data", home.folder().resolve("reward-models").toString());
            }
            case TRAINER -> {
                settings.putAll(database.settings());
                settings.put("tribunal.files.roots", roots());
                // The same name at every start: the runs of a killed predecessor are known for dead at once.
                settings.put("tribunal.trainer.name", "local");
                settings.put("tribunal.trainer.data", home.folder().resolve("runs").toString());
                settings.put("tribunal.trainer.judge-url", url(Service.JUDGE));
                settings.put("tribunal.trainer.reward-url", url(Service.REWARD));
            }
            case GATEWAY -> {
                settings.put("tribunal.gateway.trainer-url", url(Service.TRAINER));
                settings.put("tribunal.gateway.judge-url", url(Service.JUDGE));
                settings.put("tribunal.gateway.reward-url", url(Service.REWARD));
            }
        }
        return settings;
    }

    /** On their own machine, people may name any file that they can read. */
    private static String roots() {
        return Project.folder() + "," + Project.folder().getRoot();
    }

    private void importRewardModels() throws InterruptedException {
        RewardApi api = new ServiceClients(address.token(), new JsonMapper())
                .client(RewardApi.class, url(Service.REWARD), IMPORT_TIMEOUT);
        for (String name : EMBEDDED_REWARD_MODELS) {
            Path checkpoint = Project.example("embedded").resolve(name);
            if (Files.isDirectory(checkpoint)) {
                RewardModels.importOnce(api, name, checkpoint);
            }
        }
    }

    private static Map<Service, Integer> ports(int gatewayPort) {
        List<Integer> free = FreePorts.choose(Service.values().length);
        Map<Service, Integer> ports = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            ports.put(service, free.get(service.ordinal()));
        }
        if (gatewayPort != 0) {
            ports.put(Service.GATEWAY, gatewayPort);
        }
        return ports;
    }

    private String url(Service service) {
        return "http://127.0.0.1:" + ports.get(service);
    }

    /** The gateway first, the database last. The home can be used again afterwards. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Address.withdraw(home.folder());
            closeParts();
            home.close();
        }
    }

    private void closeParts() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                log.warn("a part of the platform did not stop", e);
            }
        }
    }
}
