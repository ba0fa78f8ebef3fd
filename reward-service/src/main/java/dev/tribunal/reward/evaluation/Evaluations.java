package dev.tribunal.reward.evaluation;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.reward.v1.RewardEvaluation;
import dev.tribunal.contracts.reward.v1.RewardEvaluation.State;
import dev.tribunal.contracts.reward.v1.RewardEvaluationRequest;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreRequest.Item;
import dev.tribunal.contracts.reward.v1.ScoreResponse.Result;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.reward.measure.ScoredPair;
import dev.tribunal.reward.model.DatabaseRetry;
import dev.tribunal.reward.model.RewardError;
import dev.tribunal.reward.model.RewardModels;
import dev.tribunal.reward.model.RewardModels.ReadyVersion;
import dev.tribunal.reward.scoring.Scoring;
import dev.tribunal.reward.text.ScoredText;
import dev.tribunal.servicekit.error.BusyException;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.files.JsonLines;
import dev.tribunal.servicekit.input.SentRequests;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.servicekit.page.Cursor;
import dev.tribunal.servicekit.page.Pages;
import dev.tribunal.servicekit.work.Batches;
import jakarta.annotation.PreDestroy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;

/**
 * Measures versions on files of pairs in the background, one after the other. What the end of the process cuts off is
 * begun anew at the next start.
 */
@Service
public class Evaluations {

    private static final Logger log = LoggerFactory.getLogger(Evaluations.class);
    private static final int MAX_RUNNING = 32;

    /** Pairs that are scored at once: other requests for scores get their turns between them. */
    private static final int PAIRS_AT_ONCE = 64;

    private final EvaluationRepository evaluations;
    private final RewardModels models;
    private final Scoring scoring;
    private final FileRoots files;
    private final Engine engine;
    private final ExecutorService queue = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("evaluation").factory());
    private volatile boolean stopping;
    private final DatabaseRetry database = new DatabaseRetry(() -> stopping);

    Evaluations(
            EvaluationRepository evaluations, RewardModels models, Scoring scoring, FileRoots files, Engine engine) {
        this.evaluations = evaluations;
        this.models = models;
        this.scoring = scoring;
        this.files = files;
        this.engine = engine;
    }

    /**
     * Queues an evaluation.
     *
     * @throws TribunalException 404 or 409 without a ready version; 422 if the file cannot be read; 429 if too many wait
     */
    public RewardEvaluation begin(String name, String version, RewardEvaluationRequest request) {
        List<FieldError> mistakes = new ArrayList<>(SentRequests.input(request).mistakes());
        if (mistakes.isEmpty()) {
            try {
                files.file(request.data());
            } catch (IllegalArgumentException e) {
                mistakes.add(new FieldError("/data", String.valueOf(e.getMessage())));
            }
        }
        if (!mistakes.isEmpty()) {
            throw TribunalException.ofMistakes("The evaluation", mistakes);
        }
        ReadyVersion ready = models.ready(name, version);
        if (evaluations.countByState(Words.of(State.RUNNING)) >= MAX_RUNNING) {
            throw new TribunalException(
                    RewardError.TOO_MANY_EVALUATIONS,
                    MAX_RUNNING + " evaluations are waiting; begin this one when some are done.");
        }
        EvaluationEntity row = evaluations.save(new EvaluationEntity(ready.id(), request.data()));
        submit(row.id());
        return row.resource(models.get(ready.name(), ready.version()));
    }

    public Page<RewardEvaluation> list(String name, String version, @Nullable String cursor, int size) {
        RewardModelResource model = models.get(name, version);
        List<EvaluationEntity> rows = evaluations.findByRewardModelIdAndIdLessThanOrderByIdDesc(
                models.id(name, version),
                cursor == null ? Long.MAX_VALUE : Cursor.position(cursor, Long::parseLong),
                Limit.of(size + 1));
        Page<EvaluationEntity> page = Pages.of(rows, size, row -> Long.toString(row.id()));
        return new Page<>(
                page.data().stream().map(row -> row.resource(model)).toList(), page.hasMore(), page.nextCursor());
    }

    /** @throws TribunalException 404 if there is none */
    public RewardEvaluation get(String name, String version, String id) {
        RewardModelResource model = models.get(name, version);
        return evaluations
                .findByRewardModelIdAndId(models.id(name, version), number(id))
                .map(row -> row.resource(model))
                .orElseThrow(() -> new TribunalException(
                        RewardError.EVALUATION_NOT_FOUND,
                        "There is no evaluation " + id + " of " + model.name() + "@" + model.version()
                                + "; GET /v1/reward-models/" + model.name() + "/versions/" + model.version()
                                + "/evaluations lists those there are."));
    }

    /** Of no row where it is not a number. */
    private static long number(String id) {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    @EventListener(ApplicationReadyEvent.class)
    void submitInterrupted() {
        evaluations.findByStateOrderById(Words.of(State.RUNNING)).forEach(row -> submit(row.id()));
    }

    /** The evaluation at work ends after the pairs at hand, and is begun anew at the next start. */
    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        queue.shutdown();
        if (!queue.awaitTermination(20, TimeUnit.SECONDS)) {
            log.warn("an evaluation did not stop within 20 s");
        }
    }

    private void submit(long id) {
        try {
            queue.execute(() -> evaluate(id));
        } catch (RejectedExecutionException stopped) {
            log.info("evaluation {} not queued; begins at the next start", id);
        }
    }

    private void evaluate(long id) {
        if (stopping) {
            return;
        }
        try {
            measure(id);
        } catch (CancellationException stopped) {
            log.info("evaluation {} stopped; begins anew at the next start", id);
        }
    }

    private void measure(long id) {
        try {
            EvaluationEntity row =
                    database.untilAnswered(() -> evaluations.findById(id).orElseThrow());
            if (!row.running()) {
                return; // its end was written, but the answer was lost
            }
            RewardModelResource model = database.untilAnswered(() -> models.ofId(row.rewardModelId()));
            Benchmark benchmark = Benchmark.read(files.file(row.data()));
            List<@Nullable ScoredPair> scored =
                    scored(benchmark, model, share -> update(id, changed -> changed.progressed(share)));
            RewardEvaluation.Report report = benchmark.report(scored);
            update(id, changed -> changed.done(benchmark.digest(), report));
        } catch (CancellationException stopped) {
            throw stopped;
        } catch (IllegalArgumentException | JsonLines.InvalidLinesException | TribunalException e) {
            update(id, changed -> changed.failed(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            log.error("evaluation {} failed", id, e);
            update(id, changed -> changed.failed("Unexpected: " + e + "; see the service's log, then begin it again."));
        }
    }

    /** Only this thread changes an evaluation that is running. */
    private void update(long id, Consumer<EvaluationEntity> change) {
        database.untilAnswered(() -> {
            EvaluationEntity row = evaluations.findById(id).orElseThrow();
            change.accept(row);
            return evaluations.save(row);
        });
    }

    private List<@Nullable ScoredPair> scored(
            Benchmark benchmark, RewardModelResource model, Consumer<Double> progress) {
        List<@Nullable ScoredPair> scored = new ArrayList<>();
        for (List<Benchmark.Pair> part : Batches.of(benchmark.pairs(), PAIRS_AT_ONCE)) {
            if (stopping) {
                throw new CancellationException();
            }
            List<Item> items = new ArrayList<>();
            for (int i = 0; i < part.size(); i++) {
                items.add(new Item("c" + i, part.get(i).messages(), part.get(i).chosen()));
                items.add(new Item("r" + i, part.get(i).messages(), part.get(i).rejected()));
            }
            List<Result> results = database.untilAnswered(() -> answered(model, new ScoreRequest(null, items)));
            int[] lengths = database.untilAnswered(() -> lengths(model, items));
            for (int i = 0; i < part.size(); i++) {
                Double chosen = results.get(2 * i).score();
                Double rejected = results.get(2 * i + 1).score();
                scored.add(
                        chosen == null || rejected == null
                                ? null
                                : new ScoredPair(
                                        Benchmark.promptOf(part.get(i)),
                                        chosen,
                                        rejected,
                                        lengths[2 * i],
                                        lengths[2 * i + 1]));
            }
            progress.accept((double) scored.size() / benchmark.pairs().size());
        }
        return scored;
    }

    /** A service that is busy for now is asked again. */
    private List<Result> answered(RewardModelResource model, ScoreRequest request) {
        while (true) {
            try {
                return scoring.score(model.name(), model.version(), request).results();
            } catch (BusyException busy) {
                if (stopping) {
                    throw new CancellationException();
                }
                try {
                    TimeUnit.SECONDS.sleep(1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancellationException();
                }
            }
        }
    }

    /** In tokens of its own tokenizer; of a server of another system in characters. */
    private int[] lengths(RewardModelResource model, List<Item> items) {
        ReadyVersion ready = models.ready(model.name(), model.version());
        return ready.remote() != null
                ? items.stream().mapToInt(item -> item.completion().length()).toArray()
                : engine.withTokenizer(
                        ready.directory(),
                        tokenizer -> items.stream()
                                .mapToInt(item -> tokens(tokenizer, item))
                                .toArray());
    }

    private static int tokens(ChatTokenizer tokenizer, Item item) {
        return ScoredText.tokens(tokenizer, item.messages(), item.completion()).length;
    }
}
