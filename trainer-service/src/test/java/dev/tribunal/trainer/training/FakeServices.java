package dev.tribunal.trainer.training;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.JudgementResponse.ItemJudgement;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A reward service and a judge service in this process, from functions. */
public final class FakeServices {

    private FakeServices() {}

    /** Scores a completion by how often it says good. */
    public static RewardApi goodness() {
        return rewards(item -> new ScoreResponse.Result(item.itemId(), count(item.completion(), "good"), null));
    }

    public static RewardApi rewards(Function<ScoreRequest.Item, ScoreResponse.Result> score) {
        return rewards((model, item) -> score.apply(item));
    }

    /** @param score of a reward model's name and an item */
    public static RewardApi rewards(BiFunction<String, ScoreRequest.Item, ScoreResponse.Result> score) {
        return new RewardApi() {
            @Override
            public ScoreResponse score(String name, String version, ScoreRequest request) {
                return new ScoreResponse(
                        request.requestId(),
                        name,
                        version,
                        request.items().stream()
                                .map(item -> score.apply(name, item))
                                .toList());
            }

            @Override
            public RewardModelResource register(String registration, String contentType) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Page<RewardModelResource> list(@Nullable String cursor, @Nullable Integer limit) {
                throw new UnsupportedOperationException();
            }

            @Override
            public RewardModelResource get(String name, String version) {
                throw new UnsupportedOperationException();
            }
        };
    }

    static double count(String text, String word) {
        return List.of(text.split(" ")).stream().filter(word::equals).count();
    }

    /** One judge whose verdict on a completion is violated if it says bad. */
    public static JudgementApi notBad() {
        return judges((request, item) -> notBad(item));
    }

    public static Verdict notBad(JudgeItem item) {
        return count(item.completion().text(), "bad") > 0 ? Verdict.VIOLATED : Verdict.SATISFIED;
    }

    static JudgementApi judges(BiFunction<JudgementRequest, JudgeItem, Verdict> judge) {
        return request -> new JudgementResponse(
                request.requestId(),
                request.items().stream()
                        .map(item -> new ItemJudgement(item.itemId(), verdicts(request, judge.apply(request, item))))
                        .toList());
    }

    private static List<JudgeVerdict> verdicts(JudgementRequest request, Verdict verdict) {
        VerdictError error = verdict == Verdict.UNDECIDED ? new VerdictError("timeout", true, null) : null;
        return request.judges().stream()
                .map(judge -> new JudgeVerdict(judge.name(), judge.version(), verdict, null, null, error, 1, 1))
                .toList();
    }
}
