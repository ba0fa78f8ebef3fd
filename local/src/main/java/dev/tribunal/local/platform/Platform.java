package dev.tribunal.local.platform;

import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.servicekit.http.ServiceClients;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private static final Duration READ_TIMEOUT = Duration.ofMinutes(1);

    private final Home home;
    private final Set<Service> services;
    private final ServiceSettings settings;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private boolean closed;

    private Platform(Home home, Set<Service> services, int port) {
        this.home = home;
        this.services = services;
        this.settings = new ServiceSettings(home, port);
    }

    /**
     * A platform of which nothing runs yet.
     *
     * @param home belongs to the platform from now on, which closes it
     * @param port the gateway's; 0 for any free one
     * @throws PlatformException if the port is in use
     */
    public static Platform complete(Home home, int port) {
        return new Platform(home, EnumSet.allOf(Service.class), port);
    }

    /** Stops the database of a platform that was killed, so that its home can be deleted. */
    public static void stopLeftover(Path home) {
        Database.stopLeftover(home);
    }

    /** Judges alone, without a gateway before them, for a caller that only asks one. */
    public static Platform judgesOnly(Home home) {
        return new Platform(home, EnumSet.of(Service.JUDGE), 0);
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
            keep(DatabaseWatch.start(database));
            progress.accept("PostgreSQL");
            Map<Service, Map<String, String>> each = new EnumMap<>(Service.class);
            for (Service service : services) {
                each.put(service, settings.of(service, database));
            }
            ServiceStart.all(each, progress).forEach(this::keep);
            if (services.contains(Service.REWARD)) {
                awaitRewardModels();
            }
            publish();
        } catch (InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    public Address address() {
        return address(
                services.contains(Service.GATEWAY)
                        ? Service.GATEWAY
                        : services.iterator().next());
    }

    /** Where its services answer each other, each with its own {@code /metrics}. */
    public List<Address> addresses() {
        return services.stream().map(this::address).toList();
    }

    private Address address(Service service) {
        return new Address(
                settings.url(service), service == Service.GATEWAY ? settings.token() : settings.serviceToken());
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
            address().publish(home.folder());
        }
    }

    /** The reward service imports them at its first start. */
    private void awaitRewardModels() throws InterruptedException {
        RewardApi api = new ServiceClients(settings.serviceToken(), new JsonMapper())
                .client(RewardApi.class, settings.url(Service.REWARD), READ_TIMEOUT);
        for (String name : ServiceSettings.embeddedRewardModels()) {
            RewardModelResource model = RewardModels.awaitPrepared(api, name, "1");
            if (model.failure() != null) {
                throw new PlatformException("the embedded reward model " + name + " is of no use: " + model.failure());
            }
        }
    }

    public synchronized boolean closed() {
        return closed;
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
