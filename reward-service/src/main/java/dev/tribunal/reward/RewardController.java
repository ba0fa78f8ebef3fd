package dev.tribunal.reward;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardEvaluation;
import dev.tribunal.contracts.reward.v1.RewardEvaluationRequest;
import dev.tribunal.contracts.reward.v1.RewardEvaluationsApi;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.reward.evaluation.Evaluations;
import dev.tribunal.reward.model.RewardModels;
import dev.tribunal.reward.scoring.Scoring;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** reward/v1 over HTTP. */
@RestController
class RewardController implements RewardApi, RewardEvaluationsApi {

    private final RewardModels models;
    private final Scoring scoring;
    private final Evaluations evaluations;
    private final HttpServletResponse response;

    /** @param response Spring's stand-in for the response of the request at hand */
    RewardController(RewardModels models, Scoring scoring, Evaluations evaluations, HttpServletResponse response) {
        this.models = models;
        this.scoring = scoring;
        this.evaluations = evaluations;
        this.response = response;
    }

    @Override
    @ResponseStatus(HttpStatus.CREATED)
    public RewardModelResource register(String registration, String contentType) {
        RewardModelResource resource = models.register(
                InputReader.read(RewardModelRegistration.class, InputTree.parse(registration, contentType)));
        response.setHeader(
                HttpHeaders.LOCATION, "/v1/reward-models/" + resource.name() + "/versions/" + resource.version());
        return resource;
    }

    @Override
    public Page<RewardModelResource> list(@Nullable String cursor, @Nullable Integer limit) {
        return models.list(cursor, Objects.requireNonNull(limit));
    }

    @Override
    public RewardModelResource get(String name, String version) {
        return models.get(name, version);
    }

    @Override
    public ScoreResponse score(String name, String version, ScoreRequest request) {
        return scoring.score(name, version, request);
    }

    @Override
    @ResponseStatus(HttpStatus.CREATED)
    public RewardEvaluation evaluate(String name, String version, RewardEvaluationRequest request) {
        RewardEvaluation begun = evaluations.begin(name, version, request);
        response.setHeader(
                HttpHeaders.LOCATION,
                "/v1/reward-models/" + begun.name() + "/versions/" + begun.version() + "/evaluations/" + begun.id());
        return begun;
    }

    @Override
    public Page<RewardEvaluation> evaluations(
            String name, String version, @Nullable String cursor, @Nullable Integer limit) {
        return evaluations.list(name, version, cursor, Objects.requireNonNull(limit));
    }

    @Override
    public RewardEvaluation evaluation(String name, String version, String id) {
        return evaluations.get(name, version, id);
    }
}
