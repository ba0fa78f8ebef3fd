package dev.tribunal.trainer.api;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource.Answer;
import dev.tribunal.contracts.runs.v1.generation.GenerationsApi;
import dev.tribunal.servicekit.page.Cursor;
import dev.tribunal.servicekit.page.Pages;
import dev.tribunal.trainer.inference.Generation;
import dev.tribunal.trainer.inference.GenerationPlans;
import dev.tribunal.trainer.inference.GenerationStore;
import dev.tribunal.trainer.store.Signal;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The generations API. */
@RestController
class GenerationsController implements GenerationsApi {

    private final GenerationPlans plans;
    private final GenerationStore generations;
    private final Signal signal;

    GenerationsController(GenerationPlans plans, GenerationStore generations, Signal signal) {
        this.plans = plans;
        this.generations = generations;
        this.signal = signal;
    }

    @Override
    public ResponseEntity<GenerationResource> create(String generation, String contentType) {
        Generation created = generations.create(plans.plan(generation, contentType));
        signal.send();
        return ResponseEntity.accepted()
                .location(URI.create("/v1/generations/" + created.id()))
                .body(created.resource());
    }

    @Override
    public Page<GenerationResource> list() {
        return Page.of(generations.all().stream().map(Generation::resource).toList());
    }

    @Override
    public GenerationResource get(String id) {
        return generations.get(id).resource();
    }

    @Override
    public Page<Answer> answers(String id, @Nullable String cursor, @Nullable Integer limit) {
        generations.get(id);
        int count = Objects.requireNonNull(limit);
        int after = cursor == null ? -1 : Cursor.position(cursor, Integer::parseInt);
        List<Answer> page = generations.answers(id, after, count + 1);
        return Pages.of(page, count, answer -> String.valueOf(answer.prompt()));
    }

    @Override
    public GenerationResource cancel(String id) {
        return generations.cancel(id).resource();
    }

    @Override
    @ResponseStatus(HttpStatus.NO_CONTENT)
    public void delete(String id) {
        generations.delete(id);
    }
}
