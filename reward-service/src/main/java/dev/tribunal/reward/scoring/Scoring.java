package dev.tribunal.reward.scoring;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Remote;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreRequest.Item;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.reward.v1.ScoreResponse.Result;
import dev.tribunal.contracts.reward.v1.ScoreResponse.ScoreError;
import dev.tribunal.reward.head.Heads;
import dev.tribunal.reward.model.RewardModels;
import dev.tribunal.reward.model.RewardModels.ReadyVersion;
import dev.tribunal.reward.remote.RemoteModels;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.SentRequests;
import dev.tribunal.servicekit.protocols.Score;
import dev.tribunal.servicekit.protocols.Score.Given;
import dev.tribunal.servicekit.protocols.Score.Missing;
import dev.tribunal.servicekit.protocols.ScoredItem;
import dev.tribunal.servicekit.trace.Span;
import dev.tribunal.servicekit.work.WorkPool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Service;

/** Scores a request: checks it, finds the version and its model, counts and times. */
@Service
public class Scoring {

    static final int MAX_CHARACTERS = 1 << 18;

    /** As long as the gateway waits, less a little. */
    private static final Duration LONGEST = Duration.ofSeconds(100);

    private static final int MAX_WAITING = 64;

    private final RewardModels models;
    private final LoadedModels loaded;
    private final RemoteModels remotes;
    private final MeterRegistry meters;

    /** A model computes on a thread of its own; its tokenizer computes where it is called, which is here. */
    private final WorkPool tokenizing = new WorkPool("requests for scores", WorkPool.halfOfProcessors(), MAX_WAITING);

    Scoring(RewardModels models, LoadedModels loaded, RemoteModels remotes, MeterRegistry meters) {
        this.models = models;
        this.loaded = loaded;
        this.remotes = remotes;
        this.meters = meters;
    }

    /**
     * @param version a version, or {@code latest}
     * @return one result an item, in the order asked
     * @throws TribunalException 422 for a malformed request; 404 or 409 without a ready version; 429 or 503 if there is
     *     too much to do
     */
    public ScoreResponse score(String name, String version, ScoreRequest request) {
        List<FieldError> mistakes = SentRequests.input(request).mistakes();
        if (!mistakes.isEmpty()) {
            throw new TribunalException(CommonError.INVALID_REQUEST, "The items cannot be scored.", mistakes);
        }
        ReadyVersion ready = models.ready(name, version);
        String tag = ready.name() + "@" + ready.version();
        try (Span span = Span.begin("score " + tag)) {
            return score(request, ready, tag, span);
        }
    }

    private ScoreResponse score(ScoreRequest request, ReadyVersion ready, String tag, Span span) {
        Timer.Sample sample = Timer.start(meters);
        List<Result> results = ready.remote() == null
                ? loaded.with(
                        ready.directory(),
                        model -> new BatchScorer(model, Heads.read(ready.directory()), tokenizing, LONGEST)
                                .score(request.items()))
                : remoteScores(ready.remote(), request.items());
        sample.stop(meters.timer("tribunal.reward.scoring", "model", tag));
        long scored = 0;
        for (Result result : results) {
            scored += result.error() == null ? 1 : 0;
            String outcome = result.error() == null ? "scored" : result.error().code();
            meters.counter("tribunal.reward.items", "model", tag, "outcome", outcome)
                    .increment();
        }
        span.tag("tribunal.items", results.size()).tag("tribunal.scored", scored);
        return new ScoreResponse(request.requestId(), ready.name(), ready.version(), results);
    }

    @PreDestroy
    void close() {
        tokenizing.close();
    }

    private List<Result> remoteScores(Remote remote, List<Item> items) {
        List<Score> scores = remotes.scores(
                remote,
                items.stream()
                        .map(item -> new ScoredItem(
                                item.messages(),
                                item.completion(),
                                Map.of(),
                                Objects.requireNonNullElse(item.metadata(), Map.of())))
                        .toList());
        List<Result> results = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            String itemId = items.get(i).itemId();
            results.add(
                    switch (scores.get(i)) {
                        case Given given -> new Result(itemId, given.value(), null);
                        case Missing(String code, String detail) ->
                            new Result(itemId, null, new ScoreError(code, detail));
                    });
        }
        return results;
    }
}
