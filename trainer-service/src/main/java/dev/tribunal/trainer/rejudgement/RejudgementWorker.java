package dev.tribunal.trainer.rejudgement;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.runs.v1.EpisodeResource;
import dev.tribunal.servicekit.error.DatabaseFailure;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.rejudgement.PromptLines.LinesException;
import dev.tribunal.trainer.rejudgement.RejudgementStore.LostException;
import dev.tribunal.trainer.rejudgement.RejudgementStore.Unit;
import dev.tribunal.trainer.rejudgement.Rejudging.JudgeAwayException;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.Signal;
import dev.tribunal.trainer.store.TrainerProperties;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Does what rejudgements wait, one at a time, on a thread of its own. What a restart broke off goes on where it was. */
@Component
public final class RejudgementWorker implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(RejudgementWorker.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration FAREWELL = Duration.ofSeconds(10);
    private static final int UNITS = 200;

    private final RejudgementStore rejudgements;
    private final Comparisons comparisons;
    private final EpisodeStore episodes;
    private final RunStore runs;
    private final JudgementApi judgements;
    private final FileRoots roots;
    private final Signal signal;
    private final Duration lease;
    private final String owner;
    private volatile boolean running;
    private @Nullable Thread thread;

    RejudgementWorker(
            RejudgementStore rejudgements,
            Comparisons comparisons,
            EpisodeStore episodes,
            RunStore runs,
            JudgementApi judgements,
            FileRoots roots,
            Signal signal,
            TrainerProperties properties) {
        this.rejudgements = rejudgements;
        this.comparisons = comparisons;
        this.episodes = episodes;
        this.runs = runs;
        this.judgements = judgements;
        this.roots = roots;
        this.signal = signal;
        this.lease = properties.judgementTimeout().plus(properties.lease());
        this.owner = properties.name() + "#" + UUID.randomUUID();
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("rejudgements").start(this::work);
    }

    @Override
    public void stop() {
        running = false;
        signal.send();
        Thread working = thread;
        if (working != null) {
            working.interrupt();
            try {
                working.join(FAREWELL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void work() {
        while (running) {
            long heard = signal.sent();
            try {
                Rejudgement next = rejudgements.claim(owner, lease).orElse(null);
                if (next != null) {
                    work(next);
                    continue;
                }
            } catch (RuntimeException e) {
                tellOf(e);
            }
            try {
                signal.await(heard, LOOK);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void tellOf(RuntimeException e) {
        if (DatabaseFailure.of(e) == DatabaseFailure.UNAVAILABLE) {
            log.info("cannot look for rejudgements, for the database is away; trying again");
        } else {
            log.error("cannot look for rejudgements; trying again", e);
        }
    }

    /** Where the database is away it stays this worker's, and is claimed again once it is back. */
    private void work(Rejudgement rejudgement) {
        log.info(
                "rejudgement {} of run {}: {} of {} are judged",
                rejudgement.id(),
                rejudgement.runId(),
                rejudgement.done(),
                rejudgement.total());
        try {
            RunEntity run = runs.get(rejudgement.runId());
            judge(rejudgement, run);
            rejudgements.succeed(rejudgement, owner, comparisons.of(rejudgement, run));
            log.info("rejudgement {} has succeeded", rejudgement.id());
        } catch (InterruptedException leaving) {
            leave(rejudgement);
        } catch (LostException e) {
            log.info("{}", e.getMessage());
        } catch (LinesException | JudgeAwayException e) {
            rejudgements.fail(rejudgement, owner, String.valueOf(e.getMessage()));
        } catch (TribunalException e) {
            if (e.code() != TrainerError.RUN_NOT_FOUND) { // it is deleted, and the rejudgement with it
                rejudgements.fail(rejudgement, owner, String.valueOf(e.getMessage()));
            }
        } catch (RuntimeException e) {
            if (!running) { // it may have been the interruption
                leave(rejudgement);
                return;
            }
            if (DatabaseFailure.of(e) == DatabaseFailure.UNAVAILABLE) {
                throw e;
            }
            log.error("rejudgement {} fails", rejudgement.id(), e);
            rejudgements.fail(rejudgement, owner, e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    /** If this cannot be written, the next start finds out by the owner's name. */
    private void leave(Rejudgement rejudgement) {
        Thread.interrupted(); // this takes a moment only
        try {
            rejudgements.leave(rejudgement, owner);
            log.info("rejudgement {} is left, since the trainer is shutting down", rejudgement.id());
        } catch (RuntimeException e) {
            log.warn("cannot write that rejudgement {} is left", rejudgement.id(), e);
        }
        Thread.currentThread().interrupt();
    }

    private void judge(Rejudgement rejudgement, RunEntity run) throws InterruptedException {
        Rejudging rejudging = new Rejudging(rejudgement, run, judgements, roots);
        long reached = rejudgement.reached();
        long done = rejudgement.done();
        List<Unit> units = rejudgements.units(rejudgement, run, reached, UNITS);
        while (!units.isEmpty()) {
            for (Unit unit : units) {
                if (!running || Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long before = done;
                List<EpisodeResource> rollouts = episodes.sampled(
                        run.id(), unit.stage(), unit.step(), unit.task(), unit.split(), rejudgement.lastEpisode());
                var judged = rejudging.judge(
                        unit, rollouts, more -> rejudgements.progress(rejudgement, owner, before + more, lease));
                done += judged.size();
                rejudgements.commit(rejudgement, owner, unit, done, judged);
                reached = unit.first();
            }
            units = rejudgements.units(rejudgement, run, reached, UNITS);
        }
    }
}
