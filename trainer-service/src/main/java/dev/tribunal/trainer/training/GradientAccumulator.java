package dev.tribunal.trainer.training;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.LanguageModel.ForwardPass;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenSlopes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Adds up one gradient over tasks, loss terms and micro-batches, and takes the step. Between the forward and the backward
 * pass of a micro-batch each term says how its loss changes with what the policy makes of its rollouts now; a micro-batch
 * never cuts a term.
 */
final class GradientAccumulator {

    private final LanguageModel policy;
    private final @Nullable Critic critic;
    private final int microBatchTokens;
    private final RunJournal journal;
    private boolean empty = true;

    GradientAccumulator(
            LanguageModel policy, @Nullable Critic critic, int microBatchTokens, RunJournal journal) {
        this.policy = policy;
        this.critic = critic;
        this.microBatchTokens = microBatchTokens;
        this.journal = journal;
    }

    /** A term with what was found of it. */
    record Passed(LossTerm term, List<Now> now, Slopes slopes) {}

    private record Ready(LossTerm term, List<TokenSequence> sequences) {}

    /**
     * Forward and backward for all terms that have a slope; the rest is never sent.
     *
     * @param batch that the terms are of
     * @param factor of their losses
     * @return those that were sent, in order
     */
    List<Passed> add(Batch batch, List<LossTerm> terms, Wanted wanted, double factor) {
        List<Ready> counting = terms.stream()
                .filter(term -> factor != 0 && !term.isZero())
                .map(term -> new Ready(term, batch.sequences(term)))
                .toList();
        List<Passed> passed = new ArrayList<>();
        for (List<Ready> micro : MicroBatches.of(counting, Ready::sequences, microBatchTokens)) {
            journal.stopIfCancelled();
            passed.addAll(pass(micro, wanted, factor));
            empty = false;
        }
        return passed;
    }

    private List<Passed> pass(List<Ready> micro, Wanted wanted, double factor) {
        List<TokenSequence> sequences =
                micro.stream().flatMap(ready -> ready.sequences().stream()).toList();
        try (ForwardPass forward = policy.forward(sequences, wanted);
                Critic.Pass values = critic == null ? null : critic.forward(sequences)) {
            List<Now> now = now(forward, values);
            List<Passed> passed = new ArrayList<>();
            int at = 0;
            for (Ready ready : micro) {
                List<Now> ofTerm = now.subList(at, at + ready.sequences().size());
                passed.add(new Passed(ready.term(), ofTerm, ready.term().slopes(ofTerm)));
                at += ofTerm.size();
            }
            List<TokenSlopes> slopes = passed.stream()
                    .flatMap(term -> term.slopes().rollouts().stream())
                    .map(slope -> slope.times(factor))
                    .toList();
            forward.backward(slopes.stream().map(GradientAccumulator::ofEngine).toList());
            if (values != null) {
                values.backward(slopes);
            }
            return passed;
        }
    }

    static List<Now> now(ForwardPass forward, Critic.@Nullable Pass values) {
        return IntStream.range(0, forward.logProbs().size())
                .mapToObj(s -> new Now(
                        Batch.doubles(forward.logProbs().get(s)),
                        at(forward.tokenKls(), s),
                        at(forward.entropies(), s),
                        values == null ? null : values.of(s)))
                .toList();
    }

    private static double @Nullable [] at(@Nullable List<float[]> values, int sequence) {
        return values == null ? null : Batch.doubles(values.get(sequence));
    }

    private static dev.tribunal.languagemodel.TokenSlopes ofEngine(TokenSlopes slopes) {
        return new dev.tribunal.languagemodel.TokenSlopes(slopes.logProbs(), slopes.tokenKl(), slopes.entropy());
    }

    void clear() {
        policy.clearGradient();
        if (critic != null) {
            critic.clearGradient();
        }
        empty = true;
    }

    /** Whether no term had a slope since the last step. */
    boolean isEmpty() {
        return empty;
    }

    /**
     * One AdamW step. If nothing counted there is none at all: no weight decays, AdamW's moments and its count of steps
     * stay, and momentum moves nothing, since a batch without a signal says nothing about where to go.
     *
     * @return the gradient's norm before clipping; 0 if nothing counted
     * @throws TrainingFailedException if the gradient is not finite; the weights are as they were
     */
    double step(AdamW adamW) {
        if (empty) {
            return 0;
        }
        empty = true;
        try {
            if (critic != null) {
                critic.step(adamW);
            }
            return policy.step(adamW);
        } catch (IllegalStateException notFinite) {
            if (Thread.currentThread().isInterrupted()) {
                throw notFinite;
            }
            throw new TrainingFailedException(
                    "the gradient is not finite, so the step was not taken (" + notFinite.getMessage()
                            + "); start again with a lower training.learningRate or training.gradientClip",
                    notFinite);
        }
    }
}
