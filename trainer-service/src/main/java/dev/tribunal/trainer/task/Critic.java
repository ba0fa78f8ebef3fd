package dev.tribunal.trainer.task;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.ScoringModel.ValuePass;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.methods.loss.TokenSlopes;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A model with values for tokens, which learns beside the policy with an AdamW of its own. */
public final class Critic implements AutoCloseable {

    private final ScoringModel model;
    private final LogProbs passes;
    private boolean empty = true;

    /** @param passes how much goes into one pass */
    public Critic(ScoringModel model, LogProbs passes) {
        this.model = model;
        this.passes = passes;
    }

    public ScoringModel model() {
        return model;
    }

    /** @return one a sequence: {@code [critics][completion length]} */
    List<double[][]> values(List<TokenSequence> sequences) {
        return MicroBatches.of(sequences, List::of, passes.microBatchTokens()).stream()
                .peek(batch -> passes.journal().stopIfAsked())
                .flatMap(batch -> model.values(batch).stream())
                .map(Critic::doubles)
                .toList();
    }

    public Pass forward(List<TokenSequence> sequences) {
        return new Pass(sequences, model.forwardValues(sequences));
    }

    /** A forward pass, and then its backward pass. */
    public final class Pass implements AutoCloseable {

        private final List<TokenSequence> sequences;
        private final ValuePass pass;
        private final List<double[][]> values;

        private Pass(List<TokenSequence> sequences, ValuePass pass) {
            this.sequences = sequences;
            this.pass = pass;
            this.values = pass.values().stream().map(Critic::doubles).toList();
        }

        /** @return {@code [critics][completion length]} */
        public double[][] of(int sequence) {
            return values.get(sequence);
        }

        public void backward(List<TokenSlopes> slopes) {
            pass.backward(IntStream.range(0, slopes.size())
                    .mapToObj(s -> orZeros(
                            slopes.get(s).values(),
                            values.get(s).length,
                            sequences.get(s).completion().length))
                    .toList());
            empty = false;
        }

        @Override
        public void close() {
            pass.close();
        }
    }

    private static double[][] orZeros(double @Nullable [][] slopes, int critics, int tokens) {
        return slopes == null ? new double[critics][tokens] : slopes;
    }

    private static double[][] doubles(float[][] values) {
        double[][] doubles = new double[values.length][];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = Batch.doubles(values[i]);
        }
        return doubles;
    }

    public void clearGradient() {
        model.clearGradient();
        empty = true;
    }

    /** Takes a step if anything was learnt since the last. */
    public void step(AdamW adamW) {
        if (!empty) {
            empty = true;
            model.step(adamW);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
