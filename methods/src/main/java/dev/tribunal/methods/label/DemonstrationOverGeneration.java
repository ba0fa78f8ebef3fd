package dev.tribunal.methods.label;

/** A pair of the data's demonstration and each completion (SPIN, arXiv 2401.01335; IRL, arXiv 2503.13538). */
public record DemonstrationOverGeneration() implements Labeller {}
