package dev.tribunal.trainer.reward;

import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.runs.v1.VersionedName;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.servicekit.error.UpstreamException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores completions with one version of one reward model. A service that does not answer is asked again until it does,
 * and the run waits: no reward is ever invented.
 */
public final class RewardScorer {

    private static final Logger LOG = LoggerFactory.getLogger(RewardScorer.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    /** A service that is away for no longer is not spoken of. */
    private static final Duration BLIP = Duration.ofSeconds(1);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(4);

    private final RewardApi rewards;
    private final VersionedName model;
    private final Outage outage;

    /** @param outage is told when the service stays away, and says when there is no use in asking again */
    public RewardScorer(RewardApi rewards, VersionedName model, Outage outage) {
        this.rewards = rewards;
        this.model = model;
        this.outage = outage;
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
        long asked = System.nanoTime();
        for (Duration pause = FIRST_PAUSE; ; pause = doubled(pause)) {
            List<Score> scores;
            try {
                scores = scores(items, rewards.score(model.name(), model.version(), request));
            } catch (UpstreamException refused) {
                if (!mayHelpToAskAgain(refused)) {
                    throw new RewardUnavailableException(
                            "the reward service refuses to score with " + model + ": " + refused.getMessage(), refused);
                }
                await(refused, pause, asked);
                continue;
            } catch (RuntimeException silent) {
                await(silent, pause, asked);
                continue;
            }
            outage.over();
            return scores;
        }
    }

    private static boolean mayHelpToAskAgain(UpstreamException refused) {
        int status = refused.code().status().value();
        return status >= 500 || status == 408 || status == 429;
    }

    private void await(RuntimeException cause, Duration pause, long asked) {
        outage.stopIfPointless();
        if (System.nanoTime() - asked > BLIP.toNanos()) {
            outage.waits("scoring with " + model + " fails: " + cause.getMessage());
        }
        LOG.warn("scoring with {} failed, asking again in {} ms: {}", model, pause.toMillis(), cause.getMessage());
        try {
            Thread.sleep(pause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RewardUnavailableException("interrupted while waiting for the reward service", interrupted);
        }
    }

    private static Duration doubled(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
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

    private static Score score(ScoreResponse.Result result) {
        if (result.error() != null) {
            return Score.failed(result.error().code() + ": " + result.error().detail());
        }
        if (result.score() == null) {
            return Score.failed("malformed_answer");
        }
        try {
            return Score.of(new ScoreValue(
                    result.score(), result.deviation(), Objects.requireNonNullElse(result.classes(), Map.of())));
        } catch (IllegalArgumentException impossible) {
            return Score.failed("malformed_answer");
        }
    }
}
