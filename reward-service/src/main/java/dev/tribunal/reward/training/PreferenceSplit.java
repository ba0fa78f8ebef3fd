package dev.tribunal.reward.training;

import dev.tribunal.languagemodel.CounterRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Pairs to learn from and pairs held out. All pairs of one prompt are on the same side. */
record PreferenceSplit(List<TokenPair> training, List<TokenPair> validation) {

    private static final long STREAM = 1;

    /**
     * @param validationShare of the prompts; if positive, at least one prompt is held out where there are two
     */
    static PreferenceSplit of(List<TokenPair> pairs, double validationShare, long seed) {
        List<Long> prompts = CounterRandom.shuffled(
                pairs.stream().map(TokenPair::prompt).distinct().toList(), CounterRandom.key(seed, STREAM));
        int share = (int) Math.max(1, Math.round(validationShare * prompts.size()));
        int count = validationShare == 0 ? 0 : Math.min(share, prompts.size() - 1);
        Set<Long> held = new HashSet<>(prompts.subList(0, count));
        return new PreferenceSplit(
                pairs.stream().filter(pair -> !held.contains(pair.prompt())).toList(),
                pairs.stream().filter(pair -> held.contains(pair.prompt())).toList());
    }
}
