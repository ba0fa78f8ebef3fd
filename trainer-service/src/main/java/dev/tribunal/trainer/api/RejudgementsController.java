package dev.tribunal.trainer.api;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgedSample;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgedSample.Change;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementsApi;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.servicekit.page.Cursor;
import dev.tribunal.servicekit.page.Pages;
import dev.tribunal.servicekit.page.QueryMistakes;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.rejudgement.Plans;
import dev.tribunal.trainer.rejudgement.Rejudgement;
import dev.tribunal.trainer.rejudgement.RejudgementStore;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.Signal;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The rejudgements API. */
@RestController
class RejudgementsController implements RejudgementsApi {

    private final RunStore runs;
    private final Plans plans;
    private final RejudgementStore rejudgements;
    private final Signal signal;

    RejudgementsController(RunStore runs, Plans plans, RejudgementStore rejudgements, Signal signal) {
        this.runs = runs;
        this.plans = plans;
        this.rejudgements = rejudgements;
        this.signal = signal;
    }

    @Override
    public ResponseEntity<RejudgementResource> create(String id, String rejudgement, String contentType) {
        RunEntity run = runs.get(id);
        Rejudgement created = rejudgements.create(run, plans.plan(run, rejudgement, contentType));
        signal.send();
        return ResponseEntity.accepted()
                .location(URI.create("/v1/runs/" + id + "/rejudgements/" + created.id()))
                .body(created.resource());
    }

    @Override
    public Page<RejudgementResource> list(String id) {
        runs.get(id);
        return Page.of(rejudgements.ofRun(id).stream().map(Rejudgement::summary).toList());
    }

    @Override
    public RejudgementResource get(String id, String rejudgement) {
        return rejudgements.get(id, rejudgement).resource();
    }

    @Override
    public Page<RejudgedSample> samples(
            String id,
            String rejudgement,
            @Nullable String changed,
            @Nullable String task,
            @Nullable String cursor,
            @Nullable Integer limit) {
        Rejudgement found = rejudgements.get(id, rejudgement);
        int count = Objects.requireNonNull(limit);
        long after = cursor == null ? 0 : Cursor.position(cursor, Long::parseLong);
        List<RejudgedSample> page = rejudgements.samples(found, change(changed), task, after, count + 1);
        return Pages.of(page, count, sample -> String.valueOf(EpisodeStore.number(sample.episode())));
    }

    private static @Nullable Change change(@Nullable String word) {
        try {
            return word == null ? null : Words.constant(Change.class, word);
        } catch (IllegalArgumentException e) {
            throw QueryMistakes.of("changed", String.valueOf(e.getMessage()));
        }
    }

    @Override
    public RejudgementResource cancel(String id, String rejudgement) {
        return rejudgements.cancel(id, rejudgement).resource();
    }

    @Override
    @ResponseStatus(HttpStatus.NO_CONTENT)
    public void delete(String id, String rejudgement) {
        rejudgements.delete(id, rejudgement);
    }
}
