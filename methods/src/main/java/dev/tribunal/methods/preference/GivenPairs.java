package dev.tribunal.methods.preference;

import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PairLoss;
import dev.tribunal.methods.loss.Pairs;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.rollout.RatedGroup;
import java.util.List;

/** The mean of a pair's loss over the pairs that the data holds; n counts a group without a pair all the same. */
record GivenPairs(PairLoss loss) implements PolicyOptimizer {

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        return batch.stream()
                .flatMap(group -> Pairs.asGiven(group).stream())
                .map(pair -> pair.term(loss, batch.size()))
                .toList();
    }
}
