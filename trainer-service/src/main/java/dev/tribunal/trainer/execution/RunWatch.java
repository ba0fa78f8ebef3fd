package dev.tribunal.trainer.execution;

import dev.tribunal.contracts.judge.v1.PendingJudgement;
import dev.tribunal.contracts.judge.v1.PendingJudgementApi;
import dev.tribunal.contracts.runs.v1.run.RunResource.Wait;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.trainer.journal.RunJournal.RunLostException;
import dev.tribunal.trainer.journal.RunJournal.Waiting;
import dev.tribunal.trainer.store.Leases.Lease;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.Signal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands beside a run's training, which may be waiting for something: reads the run's orders, and writes down what it
 * waits for.
 */
final class RunWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RunWatch.class);

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Between two looks, however often runs change. */
    private static final Duration REST = Duration.ofMillis(250);

    /** What is over sooner is not spoken of. */
    private static final Duration BLIP = Duration.ofSeconds(2);

    private static final String JUDGE_SERVICE = "judge-service";

    private final RunStore runs;
    private final Lease lease;
    private final Signal signal;
    private final PendingJudgementApi judgements;
    private final Map<Object, Wait> waits = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile RunState state = RunState.RUNNING;
    private volatile @Nullable RunLostException lost;
    private volatile boolean closed;
    private List<Wait> told = List.of();
    private volatile List<PendingJudgement> pending = List.of();
    private @Nullable Thread asking;

    /** @param judgements says which judges have not answered yet */
    RunWatch(RunStore runs, Lease lease, Signal signal, PendingJudgementApi judgements) {
        this.runs = runs;
        this.lease = lease;
        this.signal = signal;
        this.judgements = judgements;
        // A platform thread: a virtual one would not look while the batches of a step keep the processors busy.
        this.thread =
                Thread.ofPlatform().daemon().name(lease.runId() + " watch").start(this::watch);
    }

    /** The run's state as it was a moment ago. */
    RunState state() {
        RunLostException taken = lost;
        if (taken != null) {
            throw new RunLostException(String.valueOf(taken.getMessage()));
        }
        return state;
    }

    /** The run's trainer has just read its state. */
    synchronized void saw(RunState now) {
        state = now;
    }

    Waiting waiting(String kind, String name, String message) {
        Object key = new Object();
        waits.put(key, new Wait(kind, name, Instant.now().truncatedTo(ChronoUnit.MICROS), message));
        return new Waiting() {
            @Override
            public void says(String now) {
                waits.computeIfPresent(key, (_, wait) -> new Wait(kind, name, wait.since(), now));
            }

            @Override
            public void close() {
                waits.remove(key);
            }
        };
    }

    private void watch() {
        while (!closed) {
            long heard = signal.sent();
            try {
                look();
            } catch (RunLostException taken) {
                lost = taken;
                return;
            } catch (RuntimeException e) { // the database is away: what writes to it says so
                log.debug("cannot see what is asked of run {}; looking again", lease.runId(), e);
            }
            try {
                Thread.sleep(REST);
                signal.await(heard, LOOK);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Within one lock, so that what {@link #saw} knows is not overwritten by what was read before. */
    private synchronized void look() {
        state = runs.heldState(lease);
        if (state == RunState.PAUSED || state == RunState.QUEUED) {
            told = List.of(); // such a run waits for a person or a place alone
            return;
        }
        List<Wait> now = waits();
        if (!now.equals(told) && !closed) {
            runs.change(lease, run -> run.waitsFor(now));
            told = now;
        }
    }

    /** By kind and name, the longest of each. */
    private List<Wait> waits() {
        Instant before = Instant.now().minus(BLIP);
        List<Wait> all = waits.values().stream()
                .filter(wait -> wait.since().isBefore(before))
                .toList();
        boolean forJudges = all.stream().anyMatch(wait -> wait.kind().equals(JUDGE_SERVICE));
        if (forJudges) {
            askWho();
        } else {
            pending = List.of();
        }
        List<Wait> byJudge = pending.stream()
                .filter(judgement -> judgement.since().isBefore(before))
                .map(RunWatch::ofJudge)
                .toList();
        Stream<Wait> told =
                all.stream().filter(wait -> byJudge.isEmpty() || !wait.kind().equals(JUDGE_SERVICE));
        return longest(Stream.concat(told, byJudge.stream()));
    }

    private static Wait ofJudge(PendingJudgement judgement) {
        return new Wait(
                "judge",
                judgement.judge() + "@" + judgement.version(),
                judgement.since().truncatedTo(ChronoUnit.MICROS),
                "has not judged " + judgement.items() + " completions yet");
    }

    private static List<Wait> longest(Stream<Wait> waits) {
        Map<String, Wait> byName = waits.collect(Collectors.toMap(
                wait -> wait.kind() + " " + wait.name(),
                wait -> wait,
                (one, other) -> one.since().isAfter(other.since()) ? other : one,
                TreeMap::new));
        return byName.values().stream()
                .sorted(Comparator.comparing(Wait::since))
                .toList();
    }

    /** The judge service may be what does not answer, so it is asked by a thread of its own. */
    private void askWho() {
        if (asking != null && asking.isAlive()) {
            return;
        }
        asking = Thread.ofVirtual().name(lease.runId() + " who").start(() -> {
            try {
                pending = List.copyOf(judgements.pending(lease.runId()));
            } catch (RuntimeException e) {
                pending = List.of();
                log.debug("the judge service does not say on whom it waits for run {}", lease.runId(), e);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
