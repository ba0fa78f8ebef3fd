package dev.tribunal.methods;

import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a method makes of groups, without a model: to learn what it does, and to check it by hand.
 *
 * @param loss of the whole minibatch, to be minimised
 * @param groups one each, in order
 */
public record MethodTrial(double loss, List<List<Tried>> groups) {

    /**
     * What became of one rollout.
     *
     * @param member what the method took it for; absent if for nothing
     * @param slopes dLoss/d of what the policy says of it, summed over the losses that it is in; zeros if in none
     */
    public record Tried(@Nullable Member member, TokenSlopes slopes) {}

    /** With what the policy said when it sampled. */
    public static MethodTrial of(Method method, List<RatedGroup> batch) {
        return of(method, batch, Now::whenSampled);
    }

    /**
     * @param now what the policy says of a rollout
     * @throws IllegalStateException if the method needs what rollouts or policy do not say
     */
    public static MethodTrial of(Method method, List<RatedGroup> batch, Function<RatedRollout, Now> now) {
        Map<RatedRollout, Tried> tried = new HashMap<>();
        double loss = 0;
        for (LossTerm term : method.optimizer().terms(batch)) {
            List<Member> members = term.members();
            Slopes slopes =
                    term.slopes(members.stream().map(Member::rollout).map(now).toList());
            loss += slopes.loss();
            for (int i = 0; i < members.size(); i++) {
                Tried more = new Tried(members.get(i), slopes.rollouts().get(i));
                tried.merge(
                        members.get(i).rollout(),
                        more,
                        (one, two) -> new Tried(one.member(), one.slopes().plus(two.slopes())));
            }
        }
        List<List<Tried>> groups = batch.stream()
                .map(group -> group.rollouts().stream()
                        .map(rollout ->
                                tried.getOrDefault(rollout, new Tried(null, TokenSlopes.same(0, rollout.tokens()))))
                        .toList())
                .toList();
        return new MethodTrial(loss, groups);
    }
}
