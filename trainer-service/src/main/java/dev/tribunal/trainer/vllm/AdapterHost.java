package dev.tribunal.trainer.vllm;

import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.trainer.vllm.Fingerprints.Check;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One server and the adapter that it holds. Safe for use by many threads, of which one loads while the others wait.
 */
final class AdapterHost {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    /** How often a server is given the same weights before it is left out. */
    private static final int ATTEMPTS = 2;

    /** Before it is given them once more where it did not take them: folders that are shared over a network are seen late. */
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

    private final VllmServer server;
    private final List<int[]> fixed;
    private final String prefix;
    private final String folderOnServer;
    private final Fingerprints fingerprints;

    /** How often each version was loaded, so that no name and no path is used twice. */
    private final Map<Integer, Integer> loads = new HashMap<>();

    /** What it was told to load and not yet to forget, whether it heard of it or not. */
    private final Set<String> told = new LinkedHashSet<>();

    private boolean greeted;
    private @Nullable PublishedWeights held;
    private @Nullable String name;
    private @Nullable PublishedWeights refused;
    private String refusal = "";
    private volatile @Nullable Double difference; // asked for by those who do not wait for a server

    private volatile @Nullable String away;
    private volatile long askAgainAt;
    private Duration pause = FIRST_PAUSE;

    /**
     * @param fixed sequences that are scored
     * @param prefix of the names of the run's adapters, on no other run's
     * @param folderOnServer where the server sees them
     */
    AdapterHost(VllmServer server, List<int[]> fixed, String prefix, String folderOnServer, double tolerance) {
        this.server = server;
        this.fixed = fixed;
        this.prefix = prefix;
        this.folderOnServer = folderOnServer;
        this.fingerprints = new Fingerprints(tolerance);
    }

    /** The server is not to be asked while these weights are wanted; the message says why. */
    static final class LeftOut extends Exception {
        LeftOut(String why) {
            super(why, null, false, false);
        }
    }

    VllmServer server() {
        return server;
    }

    /**
     * Sees that the server has these weights.
     *
     * @return what they are called there
     * @throws CallFailure if it does not answer now
     * @throws LeftOut if it answers, and has other weights however often it is given these
     */
    synchronized String ready(PublishedWeights weights) throws CallFailure, LeftOut {
        if (weights.equals(held) && name != null) {
            return name;
        }
        if (weights.equals(refused)) {
            throw new LeftOut(refusal);
        }
        if (!mayBeAsked()) { // while this thread waited for the one that asked it
            throw CallFailure.passing("away", String.valueOf(away));
        }
        try {
            return load(weights);
        } catch (LeftOut out) {
            refused = weights;
            refusal = String.valueOf(out.getMessage());
            throw out;
        } catch (CallFailure failure) {
            if (!Thread.currentThread().isInterrupted()) { // else it is this side that broke off
                failed(failure);
            }
            throw failure;
        }
    }

    private String load(PublishedWeights weights) throws CallFailure, LeftOut {
        greet();
        List<String> before = List.copyOf(told);
        String problem = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int number = loads.merge(weights.version(), 1, Integer::sum) - 1;
            Path copy = weights.copy(number);
            String called = String.valueOf(copy.getFileName());
            told.add(called);
            try {
                server.load(called, folderOnServer + "/" + called);
            } catch (CallFailure failure) {
                if (!isAnswer(failure)) {
                    throw failure;
                }
                problem = "it does not load the adapter (" + failure.getMessage() + ")";
                told.remove(called);
                if (attempt < ATTEMPTS - 1) {
                    pauseBeforeNextAttempt();
                }
                continue;
            }
            List<float[]> scores = new ArrayList<>();
            for (int[] tokens : fixed) {
                scores.add(server.score(called, tokens));
            }
            Check check = fingerprints.check(weights.logProbs(), scores);
            difference = check.difference();
            if (check.problem() == null) {
                held = weights;
                name = called;
                refused = null;
                before.forEach(this::forget);
                return called;
            }
            problem = Objects.requireNonNull(check.problem());
            forget(called);
        }
        throw new LeftOut(problem);
    }

    private static void pauseBeforeNextAttempt() throws CallFailure {
        try {
            Thread.sleep(BETWEEN_ATTEMPTS);
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt();
            throw CallFailure.passing("interrupted", "nobody waits for the adapter any more");
        }
    }

    /** vLLM answers 500 in words to an adapter that it cannot load, which another attempt does not change. */
    private static boolean isAnswer(CallFailure failure) {
        return failure.isRefusal() || failure.code().equals("http_500");
    }

    /** What an earlier attempt of the run left on the server takes memory, and nobody else unloads it. */
    private void greet() throws CallFailure, LeftOut {
        if (greeted) {
            return;
        }
        for (String model : models()) {
            if (model.startsWith(prefix)) {
                forget(model);
            }
        }
        greeted = true;
    }

    /** @throws LeftOut if it answers that it will never tell, which is a mistake of the spec or of the operator's */
    private List<String> models() throws CallFailure, LeftOut {
        try {
            return server.models();
        } catch (CallFailure failure) {
            String todo = switch (failure.code()) {
                case "http_401", "http_403" ->
                    "see that policy.sampler.secretRef names the secret that the server was started with as --api-key";
                case "http_404" -> "see that policy.sampler.urls has the address of a vLLM server, without /v1";
                case "address_refused" ->
                    "correct policy.sampler.urls, or add the host to tribunal.trainer.sampler.allowed-hosts";
                default -> throw failure;
            };
            throw new LeftOut("it does not tell its models (" + failure.getMessage() + "); " + todo);
        }
    }

    private void forget(String adapter) {
        try {
            server.unload(adapter, Duration.ofSeconds(2));
            told.remove(adapter);
        } catch (CallFailure failure) {
            if (failure.isRefusal()) {
                told.remove(adapter); // it is not there
            }
        }
    }

    /** It does not know the adapter of this name any more, such as after a restart. */
    synchronized void lost(String adapter) {
        if (adapter.equals(name)) {
            held = null;
            name = null;
            told.remove(adapter);
        }
    }

    /** Unloads what it holds; takes seconds at most. */
    synchronized void close() {
        held = null;
        name = null;
        List.copyOf(told).forEach(this::forget);
    }

    /** Mean absolute difference of the log-probabilities when it was last given weights; absent before the first time. */
    @Nullable
    Double difference() {
        return difference;
    }

    /** It does not answer: it is asked again after a pause, which grows. */
    synchronized void failed(CallFailure failure) {
        if (!mayBeAsked()) {
            return; // of several requests at once each fails
        }
        away = String.valueOf(failure.getMessage());
        Duration asked = failure.retryAfter();
        Duration next = asked != null && asked.compareTo(pause) > 0 ? asked : pause;
        askAgainAt = System.nanoTime() + (next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE).toNanos();
        Duration twice = pause.multipliedBy(2);
        pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    synchronized void answered() {
        away = null;
        pause = FIRST_PAUSE;
    }

    /** Why it does not answer; absent if it does. */
    @Nullable
    String away() {
        return away;
    }

    boolean mayBeAsked() {
        return away == null || System.nanoTime() - askAgainAt >= 0;
    }
}
