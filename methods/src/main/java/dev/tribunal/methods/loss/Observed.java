package dev.tribunal.methods.loss;

import java.util.List;

/**
 * What the policy said of a term.
 *
 * @param now one each, in the order of the term's members
 */
public record Observed(LossTerm term, List<Now> now) {

    public Observed {
        now = List.copyOf(now);
    }
}
