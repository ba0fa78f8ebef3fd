package dev.tribunal.trainer.api;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.metric.HistogramResource;
import dev.tribunal.contracts.runs.v1.metric.MetricCatalogue;
import dev.tribunal.contracts.runs.v1.metric.MetricColumns;
import dev.tribunal.contracts.runs.v1.metric.MetricResource;
import dev.tribunal.contracts.runs.v1.run.CheckpointFile;
import dev.tribunal.contracts.runs.v1.run.CheckpointResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics;
import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.contracts.runs.v1.run.RunsApi.EpisodeOrder;
import dev.tribunal.contracts.runs.v1.run.TokenResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.servicekit.page.Cursor;
import dev.tribunal.servicekit.page.Pages;
import dev.tribunal.servicekit.page.QueryMistakes;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.episode.EpisodeFilter;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.episode.Histograms;
import dev.tribunal.trainer.episode.VerdictStatistics;
import dev.tribunal.trainer.store.CheckpointEntity;
import dev.tribunal.trainer.store.CheckpointRepository;
import dev.tribunal.trainer.store.Columns;
import dev.tribunal.trainer.store.EventLog;
import dev.tribunal.trainer.store.MetricLog;
import dev.tribunal.trainer.store.MetricLog.Mark;
import dev.tribunal.trainer.store.RunAction;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunFilter;
import dev.tribunal.trainer.store.RunStore;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;

/** The runs API. */
@RestController
class RunsController implements RunsApi {

    private static final Pattern RUN_ID = Pattern.compile("run_[0-9a-z]+");

    private final RunCreation creation;
    private final RunStore runs;
    private final EventLog events;
    private final MetricLog metrics;
    private final CheckpointRepository checkpoints;
    private final CheckpointDownloads checkpointDownloads;
    private final EpisodeStore episodes;
    private final CompletionTokens completionTokens;
    private final Histograms histograms;
    private final VerdictStatistics verdicts;
    private final Breakers breakers;
    private final HttpServletRequest request;
    private final HttpServletResponse response;

    RunsController(
            RunCreation creation,
            RunStore runs,
            EventLog events,
            MetricLog metrics,
            CheckpointRepository checkpoints,
            CheckpointDownloads checkpointDownloads,
            EpisodeStore episodes,
            CompletionTokens completionTokens,
            Histograms histograms,
            VerdictStatistics verdicts,
            Breakers breakers,
            HttpServletRequest request,
            HttpServletResponse response) {
        this.creation = creation;
        this.runs = runs;
        this.events = events;
        this.metrics = metrics;
        this.checkpoints = checkpoints;
        this.checkpointDownloads = checkpointDownloads;
        this.episodes = episodes;
        this.completionTokens = completionTokens;
        this.histograms = histograms;
        this.verdicts = verdicts;
        this.breakers = breakers;
        this.request = request;
        this.response = response;
    }

    @Override
    public ResponseEntity<RunResource> create(
            String spec, String contentType, boolean dryRun, @Nullable String idempotencyKey) {
        if (dryRun) {
            return ResponseEntity.ok(creation.dryRun(spec, contentType).resource());
        }
        RunEntity run = creation.create(spec, contentType, idempotencyKey);
        return ResponseEntity.created(URI.create("/v1/runs/" + run.id()))
                .eTag(run.etag())
                .body(run.resource());
    }

    @Override
    public Page<RunResource> list(
            @Nullable String state,
            @Nullable String label,
            @Nullable String judge,
            @Nullable Boolean ended,
            @Nullable String cursor,
            @Nullable Integer limit) {
        String stateWord = state == null ? null : Words.of(parse("state", state, RunsController::runState));
        String labels = Columns.json(label == null ? Map.of() : parse("label", label, RunsController::keyAndValue));
        VersionedName pinned = judge == null ? null : parse("judge", judge, VersionedName::parse);
        int count = Objects.requireNonNull(limit);
        String before = cursor == null ? null : Cursor.position(cursor, RunsController::runId);
        List<RunResource> page = runs.page(new RunFilter(stateWord, labels, pinned, ended), before, count + 1).stream()
                .map(RunEntity::resource)
                .toList();
        return Pages.of(page, count, RunResource::id);
    }

    @Override
    @SuppressWarnings("NullAway") // Nothing is written when the client has it already.
    public RunResource get(String id) {
        RunEntity run = runs.get(id);
        return new ServletWebRequest(request, response).checkNotModified(run.etag()) ? null : run.resource();
    }

    @Override
    public RunSpec spec(String id) {
        return runs.get(id).spec();
    }

    @Override
    public ResponseEntity<RunResource> pause(String id) {
        return accepted(runs.act(id, RunAction.PAUSE));
    }

    @Override
    public ResponseEntity<RunResource> resume(String id) {
        return accepted(runs.act(id, RunAction.RESUME));
    }

    @Override
    public ResponseEntity<RunResource> cancel(String id) {
        return accepted(runs.act(id, RunAction.CANCEL));
    }

    @Override
    @ResponseStatus(HttpStatus.NO_CONTENT)
    public void delete(String id) {
        runs.delete(id);
    }

    @Override
    public Page<RunEvent> events(String id, @Nullable Long after, @Nullable Integer limit) {
        runs.get(id);
        int count = Objects.requireNonNull(limit);
        List<RunEvent> page = events.after(id, after == null ? 0 : after, count + 1);
        return Pages.numbered(page, count, event -> String.valueOf(event.sequence()));
    }

    @Override
    public Page<MetricResource> metricNames() {
        return Page.of(MetricCatalogue.all());
    }

    @Override
    public MetricColumns metrics(
            String id,
            @Nullable String after,
            @Nullable List<String> name,
            @Nullable String task,
            @Nullable Integer maxPoints) {
        RunEntity run = runs.get(id);
        Mark mark = after == null ? Mark.BEGINNING : parse("after", after, Mark::parse);
        return metrics.columns(run, mark, name == null ? List.of() : name, task, maxPoints);
    }

    @Override
    public List<JudgeStatistics> judges(
            String id,
            @Nullable String task,
            @Nullable String split,
            @Nullable Integer fromStep,
            @Nullable Integer maxPoints) {
        runs.get(id);
        VerdictStatistics.Scope scope =
                new VerdictStatistics.Scope(task, split(split), fromStep == null ? 0 : fromStep);
        return breakers.in(verdicts.of(id, scope, Objects.requireNonNull(maxPoints)));
    }

    @Override
    public Page<CheckpointResource> checkpoints(String id) {
        runs.get(id);
        return Page.of(checkpoints.findByRunIdOrderByStep(id).stream()
                .map(CheckpointEntity::resource)
                .toList());
    }

    @Override
    public Page<CheckpointFile> checkpointFiles(String id, int step) {
        return Page.of(checkpointDownloads.files(id, step));
    }

    @Override
    public Page<EpisodeResource> episodes(
            String id,
            @Nullable Integer step,
            @Nullable String task,
            @Nullable Integer prompt,
            @Nullable String judge,
            @Nullable String verdict,
            @Nullable List<String> violated,
            @Nullable String split,
            @Nullable String finishReason,
            @Nullable Double minScore,
            @Nullable Double maxScore,
            @Nullable String order,
            @Nullable String cursor,
            @Nullable Integer limit) {
        runs.get(id);
        EpisodeFilter filter = new EpisodeFilter(
                step,
                task,
                prompt,
                judge,
                verdict == null ? null : parse("verdict", verdict, word -> Words.constant(Verdict.class, word)),
                violated == null ? List.of() : violated,
                split(split),
                finishReason,
                minScore,
                maxScore);
        EpisodeOrder by = order == null
                ? EpisodeOrder.COMMITTED
                : parse("order", order, word -> Words.constant(EpisodeOrder.class, word));
        int count = Objects.requireNonNull(limit);
        EpisodeStore.Place after = cursor == null ? null : Cursor.position(cursor, EpisodeStore.Place::parse);
        List<EpisodeResource> page = episodes.page(id, filter, by, after, count + 1);
        return Pages.of(
                page, count, episode -> EpisodeStore.Place.of(episode, by).toString());
    }

    @Override
    public Page<TokenResource> tokens(String id, String episode) {
        RunSpec spec = runs.get(id).spec();
        EpisodeResource stored = EpisodeStore.number(id, episode)
                .flatMap(number -> episodes.find(id, number))
                .orElseThrow(() -> episodeNotFound(id, episode));
        return Page.of(completionTokens.of(stored, spec));
    }

    /** What to answer where a run has no such episode. */
    static TribunalException episodeNotFound(String run, String episode) {
        return new TribunalException(
                TrainerError.EPISODE_NOT_FOUND,
                "Run '" + run + "' has no rollout '" + episode + "'; GET /v1/runs/" + run
                        + "/episodes lists those that are stored.");
    }

    @Override
    public List<HistogramResource> histograms(
            String id,
            @Nullable String value,
            @Nullable String task,
            @Nullable String split,
            @Nullable Integer bins,
            @Nullable Integer maxPoints) {
        runs.get(id);
        return histograms.of(
                id,
                parse(
                        "value",
                        Objects.requireNonNull(value),
                        word -> Words.constant(HistogramResource.Value.class, word)),
                task,
                Objects.requireNonNull(split(split)),
                Objects.requireNonNull(bins),
                Objects.requireNonNull(maxPoints));
    }

    private static ResponseEntity<RunResource> accepted(RunEntity run) {
        return ResponseEntity.status(HttpStatus.ACCEPTED).eTag(run.etag()).body(run.resource());
    }

    private static @Nullable Split split(@Nullable String word) {
        return word == null ? null : parse("split", word, text -> Words.constant(Split.class, text));
    }

    private static RunState runState(String word) {
        return Words.constant(RunState.class, word);
    }

    private static Map<String, String> keyAndValue(String label) {
        int equals = label.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("is '" + label + "', must be written KEY=VALUE");
        }
        return Map.of(label.substring(0, equals), label.substring(equals + 1));
    }

    private static String runId(String text) {
        if (!RUN_ID.matcher(text).matches()) {
            throw new IllegalArgumentException("not a run");
        }
        return text;
    }

    private static <T> T parse(String parameter, String value, Function<String, T> parser) {
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException e) {
            throw QueryMistakes.of(parameter, String.valueOf(e.getMessage()));
        }
    }
}
