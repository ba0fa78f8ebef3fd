package dev.tribunal.trainer.rejudgement;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.queue.QueueWorker;
import dev.tribunal.trainer.rejudgement.PromptLines.LinesException;
import dev.tribunal.trainer.rejudgement.RejudgementStore.Unit;
import dev.tribunal.trainer.rejudgement.Rejudging.JudgeAwayException;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.Signal;
import dev.tribunal.trainer.store.TrainerProperties;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Does what rejudgements wait, one at a time, on a thread of its own. What a restart broke off goes on where it was. */
@Component
public final class RejudgementWorker extends QueueWorker<Rejudgement> {

    private static final Logger log = LoggerFactory.getLogger(RejudgementWorker.class);
    private static final int UNITS = 200;

    private final RejudgementStore rejudgements;
    private final Comparisons comparisons;
    private final EpisodeStore episodes;
    private final RunStore runs;
    private final JudgementApi judgements;
    private final FileRoots roots;
    private final Duration lease;

    RejudgementWorker(
            RejudgementStore rejudgements,
            Comparisons comparisons,
            EpisodeStore episodes,
            RunStore runs,
            JudgementApi judgements,
            FileRoots roots,
            Signal signal,
            TrainerProperties properties) {
        super("rejudgement", signal, properties);
        this.rejudgements = rejudgements;
        this.comparisons = comparisons;
        this.episodes = episodes;
        this.runs = runs;
        this.judgements = judgements;
        this.roots = roots;
        this.lease = properties.judgementTimeout().plus(properties.lease());
    }

    @Override
    protected Optional<Rejudgement> claim() {
        return rejudgements.claim(owner(), lease);
    }

    @Override
    protected String id(Rejudgement claimed) {
        return claimed.id();
    }

    @Override
    protected void work(Rejudgement rejudgement) throws InterruptedException {
        log.info(
                "rejudgement {} of run {}: {} of {} are judged",
                rejudgement.id(),
                rejudgement.runId(),
                rejudgement.done(),
                rejudgement.total());
        RunEntity run = runs.get(rejudgement.runId());
        judge(rejudgement, run);
        rejudgements.succeed(rejudgement, owner(), comparisons.of(rejudgement, run));
    }

    @Override
    protected boolean explainsItself(RuntimeException why) {
        return why instanceof LinesException || why instanceof JudgeAwayException || why instanceof TribunalException;
    }

    @Override
    protected void fail(Rejudgement claimed, String why) {
        rejudgements.fail(claimed, owner(), why);
    }

    @Override
    protected void putBack(Rejudgement claimed) {
        rejudgements.leave(claimed, owner());
    }

    private void judge(Rejudgement rejudgement, RunEntity run) throws InterruptedException {
        Rejudging rejudging = new Rejudging(rejudgement, run, judgements, roots);
        long reached = rejudgement.reached();
        long done = rejudgement.done();
        List<Unit> units = rejudgements.units(rejudgement, run, reached, UNITS);
        while (!units.isEmpty()) {
            for (Unit unit : units) {
                if (!isRunning() || Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long before = done;
                List<EpisodeResource> rollouts = episodes.sampled(
                        run.id(), unit.stage(), unit.step(), unit.task(), unit.split(), rejudgement.lastEpisode());
                var judged = rejudging.judge(
                        unit, rollouts, more -> rejudgements.progress(rejudgement, owner(), before + more, lease));
                done += judged.size();
                rejudgements.commit(rejudgement, owner(), unit, done, judged);
                reached = unit.first();
            }
            units = rejudgements.units(rejudgement, run, reached, UNITS);
        }
    }
}
