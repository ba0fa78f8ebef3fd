package dev.tribunal.methods.loss;

import java.util.List;

/**
 * A loss and its slopes.
 *
 * @param loss to be minimised, its 1/n in it; nats where it is one of likelihoods alone
 * @param rollouts one each, in the order of the term's members
 */
public record Slopes(double loss, List<TokenSlopes> rollouts) {

    public Slopes {
        rollouts = List.copyOf(rollouts);
    }

    public Slopes(double loss, TokenSlopes... rollouts) {
        this(loss, List.of(rollouts));
    }
}
