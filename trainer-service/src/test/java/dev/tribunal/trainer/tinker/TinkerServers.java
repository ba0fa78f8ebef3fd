package dev.tribunal.trainer.tinker;

import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.servicekit.outbound.OutboundProperties;
import java.util.List;
import java.util.Map;

/** What runs on the double need of the trainer. */
public final class TinkerServers {

    public static final String SECRET = "tml-0123456789-secret";

    private TinkerServers() {}

    /** They send the secret {@code mine}. */
    public static TinkerEngines engines() {
        return new TinkerEngines(
                new EngineProperties(
                        new OutboundProperties(List.of("localhost", "127.0.0.1"), Map.of("mine", SECRET), null)),
                new LocalEngine());
    }

    public static List<String> log(TinkerDouble server) {
        return server.log;
    }

    public static long count(TinkerDouble server, String what) {
        return server.count(what);
    }

    public static void delay(TinkerDouble server, int times) {
        server.delays = times;
    }

    public static void unloadAll(TinkerDouble server) {
        server.unloadAll();
    }

    /** It tells losses in place of gradient norms. */
    public static void tellLosses(TinkerDouble server) {
        server.tellsLosses = true;
    }

    public static void deleteWeights(TinkerDouble server) {
        server.deleteWeights();
    }

    public static java.util.Set<String> loaded(TinkerDouble server) {
        return server.loaded();
    }

    public static void redirect(TinkerDouble server, String to) {
        server.redirect = to;
    }

    /** Statuses that the next requests to a path are answered with; those below 0 after the request was taken. */
    public static void fail(TinkerDouble server, String path, Integer... statuses) {
        server.faults.put(path, new java.util.ArrayList<>(List.of(statuses)));
    }

    public static java.util.Set<String> keys(TinkerDouble server) {
        return server.keys;
    }
}
