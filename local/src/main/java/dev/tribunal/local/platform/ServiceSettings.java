package dev.tribunal.local.platform;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What each service is told: its port, its database, where the others are, and which files it may read and write. */
final class ServiceSettings {

    /** On one class path with the gateway, the other services would start its proxy as well. */
    private static final String WITHOUT_PROXY = Stream.of(
                    "GatewayServerMvcAutoConfiguration",
                    "GatewayMvcClassPathWarningAutoConfiguration",
                    "filter.FilterAutoConfiguration",
                    "handler.HandlerFunctionAutoConfiguration",
                    "handler.GatewayMultipartAutoConfiguration",
                    "predicate.PredicateAutoConfiguration",
                    "config.DefaultFunctionConfiguration")
            .map(name -> "org.springframework.cloud.gateway.server.mvc." + name)
            .collect(Collectors.joining(","));

    private final Home home;
    private final Map<Service, Integer> ports;

    /** @param port the gateway's; 0 for any free one */
    ServiceSettings(Home home, int port) {
        if (port != 0) {
            FreePorts.requireFree(port);
        }
        this.home = home;
        this.ports = ports(port);
    }

    String url(Service service) {
        return "http://127.0.0.1:" + ports.get(service);
    }

    /** The first admin's. */
    String token() {
        return home.secret("token");
    }

    /** Of the services among each other, which no person needs. */
    String serviceToken() {
        return home.secret("service-token");
    }

    /** The reward models that come with the project; none while they are being rebuilt. */
    static List<String> embeddedRewardModels() {
        return Stream.of("helpfulness", "harmlessness")
                .filter(name -> Files.isDirectory(Project.embedded(name)))
                .toList();
    }

    Map<String, String> of(Service service, Database database) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("server.address", "127.0.0.1");
        settings.put("server.port", String.valueOf(ports.get(service)));
        // No client waits for the last request of a platform that is being stopped at a terminal.
        settings.put("server.shutdown", "immediate");
        settings.put("spring.main.register-shutdown-hook", "false");
        settings.put("management.metrics.use-global-registry", "false");
        settings.put("tribunal.http.token", service == Service.GATEWAY ? token() : serviceToken());
        settings.putAll(database.settings());
        if (service != Service.GATEWAY) {
            settings.put("spring.autoconfigure.exclude", WITHOUT_PROXY);
            settings.put("tribunal.files.roots", roots());
        }
        switch (service) {
            case JUDGE -> judge(settings);
            case REWARD -> reward(settings);
            case TRAINER -> trainer(settings);
            case GATEWAY -> gateway(settings);
        }
        return settings;
    }

    private void judge(Map<String, String> settings) {
        settings.put("tribunal.judge.trainer-url", url(Service.TRAINER));
        settings.put("tribunal.judge.reward-url", url(Service.REWARD));
        if (Files.isDirectory(Project.embedded("judge"))) {
            settings.put("tribunal.judge.model", "hf:" + Project.embedded("judge"));
        }
    }

    private void reward(Map<String, String> settings) {
        settings.put(
                "tribunal.reward.data", home.folder().resolve("reward-models").toString());
        for (String name : embeddedRewardModels()) {
            settings.put("tribunal.reward.imports." + name, "hf:" + Project.embedded(name));
        }
    }

    private void trainer(Map<String, String> settings) {
        // The same name at every start: the runs of a killed predecessor are known for dead at once.
        settings.put("tribunal.trainer.name", "local");
        settings.put("tribunal.trainer.data", home.folder().resolve("runs").toString());
        settings.put("tribunal.trainer.judge-url", url(Service.JUDGE));
        settings.put("tribunal.trainer.reward-url", url(Service.REWARD));
    }

    private void gateway(Map<String, String> settings) {
        settings.put("tribunal.gateway.trainer-url", url(Service.TRAINER));
        settings.put("tribunal.gateway.judge-url", url(Service.JUDGE));
        settings.put("tribunal.gateway.reward-url", url(Service.REWARD));
        settings.put("tribunal.gateway.service-token", serviceToken());
    }

    /** On their own machine, people may name any file that they can read; relative names start at the examples. */
    private static String roots() {
        Path examples = Project.folder().resolve("examples");
        return examples + "," + examples.getRoot();
    }

    private static Map<Service, Integer> ports(int gatewayPort) {
        Iterator<Integer> free = FreePorts.choose(Service.values().length).iterator();
        Map<Service, Integer> ports = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            ports.put(service, free.next());
        }
        if (gatewayPort != 0) {
            ports.put(Service.GATEWAY, gatewayPort);
        }
        return ports;
    }
}
