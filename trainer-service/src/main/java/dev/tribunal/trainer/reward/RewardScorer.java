package dev.tribunal.trainer.reward;

import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.methods.reward.HeadScore;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.servicekit.error.UpstreamException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Scores completions with one version of one reward model. A service that does not answer is asked again until it does,
 * and the run waits: no reward is ever invented.
 */
public final class RewardScorer {

    private final RewardApi rewards;
    private final VersionedName model;
    private final Patience patience;

    public RewardScorer(RewardApi rewards, VersionedName model, Patience patience) {
        this.rewards = rewards;
        this.model = model;
        this.patience = patience;
    }

    public VersionedName model() {
        return model;
    }

    /**
     * Blocks until the service has answered.
     *
     * @return one an item, in order; an item that the service could not score has an error
     * @throws RewardUnavailableException if the service refuses
     */
    public List<Score> score(String requestId, List<ScoreRequest.Item> items) {
        ScoreRequest request = new ScoreRequest(requestId, items);
        try {
            return patience.ask(
                    "scoring with " + model,
                    () -> scores(items, rewards.score(model.name(), model.version(), request)));
        } catch (UpstreamException refused) {
            throw new RewardUnavailableException(
                    "the reward service refuses to score with " + model + ": " + refused.getMessage(), refused);
        }
    }

    private static List<Score> scores(List<ScoreRequest.Item> items, ScoreResponse response) {
        List<ScoreResponse.Result> results = response.results();
        List<Score> scores = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            boolean answered = results.size() == items.size()
                    && items.get(i).itemId().equals(results.get(i).itemId());
            scores.add(answered ? score(results.get(i)) : Score.failed("malformed_answer"));
        }
        return scores;
    }

    private static HeadScore head(ScoreResponse.Head head) {
        return new HeadScore(
                head.name(),
                head.mean(),
                head.deviation(),
                Objects.requireNonNullElse(head.classes(), Map.of()),
                Objects.requireNonNullElse(head.standardised(), Map.of()));
    }

    private static Score score(ScoreResponse.Result result) {
        if (result.error() != null) {
            return Score.failed(result.error().code() + ": " + result.error().detail());
        }
        if (result.score() == null) {
            return Score.failed("malformed_answer");
        }
        try {
            return Score.of(new ScoreValue(
                    result.score(),
                    result.deviation(),
                    Objects.requireNonNullElse(result.classes(), Map.of()),
                    result.heads().stream().map(RewardScorer::head).toList()));
        } catch (IllegalArgumentException impossible) {
            return Score.failed("malformed_answer");
        }
    }
}
