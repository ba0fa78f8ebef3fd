package dev.tribunal.trainer.api;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.label.LabelAgreement;
import dev.tribunal.contracts.runs.v1.label.LabelRequest;
import dev.tribunal.contracts.runs.v1.label.LabelResource;
import dev.tribunal.contracts.runs.v1.label.LabelsApi;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import dev.tribunal.servicekit.page.Cursor;
import dev.tribunal.servicekit.page.Pages;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.episode.LabelStore;
import dev.tribunal.trainer.episode.LabelStore.After;
import dev.tribunal.trainer.store.RunStore;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** People's labels of rollouts. */
@RestController
class LabelsController implements LabelsApi {

    private final RunStore runs;
    private final LabelStore labels;
    private final PromptData prompts;

    LabelsController(RunStore runs, LabelStore labels, PromptData prompts) {
        this.runs = runs;
        this.labels = labels;
        this.prompts = prompts;
    }

    @Override
    public LabelResource put(String id, String episode, String label, String contentType) {
        runs.get(id);
        long number = number(id, episode);
        Input<LabelRequest> input = InputReader.read(LabelRequest.class, InputTree.parse(label, contentType));
        List<String> judges = labels.judgesOf(id, number);
        String judge = Objects.requireNonNull(input.value()).judge();
        List<FieldError> mistakes = input.mistakesAnd(
                judge == null || judges.contains(judge)
                        ? List.of()
                        : List.of(new FieldError(
                                "/judge",
                                "is '" + judge + "', must be one of those that judged the rollout: "
                                        + String.join(", ", judges))));
        if (!mistakes.isEmpty()) {
            throw TribunalException.ofMistakes("The label", mistakes);
        }
        return labels.put(id, number, input.required()).orElseThrow(() -> RunsController.episodeNotFound(id, episode));
    }

    @Override
    @ResponseStatus(HttpStatus.NO_CONTENT)
    public void delete(String id, String episode, @Nullable String judge) {
        runs.get(id);
        labels.delete(id, number(id, episode), judge);
    }

    @Override
    public Page<LabelResource> list(
            String id,
            @Nullable String task,
            @Nullable String judge,
            @Nullable Boolean items,
            @Nullable String cursor,
            @Nullable Integer limit) {
        boolean withItems = Boolean.TRUE.equals(items);
        var run = runs.get(id);
        int count = Objects.requireNonNull(limit);
        After after = cursor == null ? After.NOTHING : Cursor.position(cursor, LabelsController::after);
        List<LabelResource> page = labels.page(id, task, judge, withItems, after, count + 1);
        return Pages.of(
                withItems ? prompts.in(page, run.spec()) : page,
                count,
                label -> EpisodeStore.number(label.episode()) + "/" + Objects.requireNonNullElse(label.judge(), ""));
    }

    @Override
    public LabelAgreement agreement(String id, @Nullable String task) {
        runs.get(id);
        return labels.agreement(id, task);
    }

    private static long number(String id, String episode) {
        return EpisodeStore.number(id, episode).orElseThrow(() -> RunsController.episodeNotFound(id, episode));
    }

    private static After after(String position) {
        int slash = position.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("not a label");
        }
        return new After(Long.parseLong(position.substring(0, slash)), position.substring(slash + 1));
    }
}
