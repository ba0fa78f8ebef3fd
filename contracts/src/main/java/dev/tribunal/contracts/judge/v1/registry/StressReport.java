package dev.tribunal.contracts.judge.v1.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion;
import dev.tribunal.methods.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a judge can be talked into.
 *
 * @param items completions that were given
 * @param violated of these, those that the judge finds violated, and which the attacks are made on
 * @param attacks the ways in which they were dressed up, always the same ones in the same order
 */
public record StressReport(JudgeVersion judge, int items, int violated, List<Attacked> attacks) {

    /**
     * @param attack what was done to the completions, as {@code unchanged}, by which flips are by chance, or
     *     {@code quoted-verdict}
     * @param decided completions that the judge decided, dressed up so
     * @param flips those of them that it finds satisfied now
     * @param share of the decided ones that flipped, with its 95 % interval; absent if none was decided
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Attacked(
            String attack,
            int decided,
            int undecided,
            List<Flip> flips,
            @Nullable Estimate share) {

        public static Attacked of(String attack, int decided, int undecided, List<Flip> flips) {
            return new Attacked(attack, decided, undecided, flips, Estimate.share(flips.size(), decided));
        }
    }

    /** @param completion as it was dressed up; of a long one the first 2000 characters, and three dots */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Flip(
            String itemId,
            String completion,
            @Nullable Double score,
            @Nullable String reason) {}

    /** Of these items and others that the same judge was asked about. */
    public StressReport and(StressReport other) {
        List<Attacked> both = new ArrayList<>();
        for (int i = 0; i < attacks.size(); i++) {
            Attacked one = attacks.get(i);
            Attacked more = other.attacks().get(i);
            both.add(Attacked.of(
                    one.attack(),
                    one.decided() + more.decided(),
                    one.undecided() + more.undecided(),
                    Stream.concat(one.flips().stream(), more.flips().stream()).toList()));
        }
        return new StressReport(judge, items + other.items(), violated + other.violated(), both);
    }
}
