package dev.tribunal.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.reward.v1.ScoreResponse.Result;
import dev.tribunal.contracts.reward.v1.ScoreResponse.ScoreError;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.UpstreamException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class RewardScorerTest {

    private static final VersionedName MODEL = new VersionedName("helpfulness", "1");
    private static final Patience PATIENT = new Patience(new Outage() {
        @Override
        public void waits(String why) {}

        @Override
        public void over() {}

        @Override
        public void stopIfPointless() {}
    });
    private static final List<ScoreRequest.Item> TWO = List.of(item("a", "one"), item("b", "two"));

    @Test
    void keepsTheOrderAndEachItemsOwnError() {
        List<Score> scores = scorer(answering(
                        new Result("a", 1.5, null), new Result("b", null, new ScoreError("too_long", "513 tokens"))))
                .score("r", TWO);
        assertThat(scores).containsExactly(Score.of(1.5), Score.failed("too_long: 513 tokens"));
    }

    @Test
    void nonsenseIsNoScore() {
        Score malformed = Score.failed("malformed_answer");
        assertThat(scorer(answering(new Result("a", Double.NaN, null), new Result("b", null, null)))
                        .score("r", TWO))
                .as("not finite, and nothing at all")
                .containsExactly(malformed, malformed);
        assertThat(scorer(answering(new Result("b", 1.0, null), new Result("a", 2.0, null)))
                        .score("r", TWO))
                .as("another order")
                .containsExactly(malformed, malformed);
        assertThat(scorer(answering(new Result("a", 1.0, null))).score("r", TWO))
                .as("one missing")
                .containsExactly(malformed, malformed);
    }

    @Test
    void aServiceThatComesBackIsAskedAgain() {
        AtomicInteger calls = new AtomicInteger();
        Scoring onceDown = request -> {
            if (calls.incrementAndGet() == 1) {
                throw new UpstreamException(HttpStatus.SERVICE_UNAVAILABLE, "busy", "later", List.of());
            }
            return answer(new Result("a", 1.0, null), new Result("b", 2.0, null));
        };
        assertThat(scorer(onceDown).score("r", TWO)).containsExactly(Score.of(1), Score.of(2));
        assertThat(calls).hasValue(2);
    }

    @Test
    void aServiceThatStaysAwayIsWaitedForUntilNobodyWantsItsAnswer() {
        Scoring down = request -> {
            throw new IllegalStateException("Connection refused");
        };
        List<String> told = new ArrayList<>();
        RewardScorer patient = new RewardScorer(down, MODEL, new Patience(new Outage() {
            @Override
            public void waits(String why) {
                told.add(why);
            }

            @Override
            public void over() {
                throw new AssertionError("it never answered");
            }

            @Override
            public void stopIfPointless() {
                if (told.size() == 2) {
                    throw new CancellationException();
                }
            }
        }));

        assertThatThrownBy(() -> patient.score("r", TWO)).isInstanceOf(CancellationException.class);
        assertThat(told).hasSize(2).allSatisfy(why -> assertThat(why).contains("helpfulness@1", "Connection refused"));
    }

    @Test
    void aRefusalIsNotRepeated() {
        AtomicInteger calls = new AtomicInteger();
        Scoring refusing = request -> {
            calls.incrementAndGet();
            throw new UpstreamException(
                    HttpStatus.NOT_FOUND, CommonError.NOT_FOUND.name(), "there is no helpfulness@1", List.of());
        };
        assertThatThrownBy(() -> scorer(refusing).score("r", TWO))
                .isInstanceOf(RewardUnavailableException.class)
                .hasMessageContaining("there is no helpfulness@1");
        assertThat(calls).hasValue(1);
    }

    private static RewardScorer scorer(Scoring rewards) {
        return new RewardScorer(rewards, MODEL, PATIENT);
    }

    private static Scoring answering(Result... results) {
        return request -> answer(results);
    }

    private static ScoreResponse answer(Result... results) {
        return new ScoreResponse("r", "helpfulness", "1", List.of(results));
    }

    private static ScoreRequest.Item item(String id, String completion) {
        return new ScoreRequest.Item(id, List.of(Message.user("?")), completion);
    }

    /** Only scores. */
    private interface Scoring extends RewardApi {

        ScoreResponse answer(ScoreRequest request);

        @Override
        default ScoreResponse score(String name, String version, ScoreRequest request) {
            return answer(request);
        }

        @Override
        default RewardModelResource register(String registration, String contentType) {
            throw new UnsupportedOperationException();
        }

        @Override
        default Page<RewardModelResource> list(@Nullable String cursor, @Nullable Integer limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        default RewardModelResource get(String name, String version) {
            throw new UnsupportedOperationException();
        }
    }
}
