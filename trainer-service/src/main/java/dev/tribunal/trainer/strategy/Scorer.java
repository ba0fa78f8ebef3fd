package dev.tribunal.trainer.strategy;

import java.util.List;

/** A reward model. */
@FunctionalInterface
public interface Scorer {

    /** @return a raw score each, in order; NaN for what could not be scored */
    double[] score(List<Rated> items);
}
