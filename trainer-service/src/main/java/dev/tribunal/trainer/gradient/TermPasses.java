package dev.tribunal.trainer.gradient;

import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.LanguageModel.ForwardPass;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Observed;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.trainer.task.Batch;
import dev.tribunal.trainer.task.Critic;
import dev.tribunal.trainer.task.LogProbs;
import dev.tribunal.trainer.task.MicroBatches;
import dev.tribunal.trainer.task.TrainingTask;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Forward passes over loss terms, in micro-batches that never cut one: what each loss and its slopes are now.
 *
 * @param critic absent if there is none, or nobody wants its values
 */
public record TermPasses(LanguageModel policy, @Nullable Critic critic, LogProbs passes) {

    /** A term with what the policy said of it, and its loss and slopes, corrected for what drew it, before any factor. */
    public record Passed(Observed observed, Slopes slopes) {

        LossTerm term() {
            return observed.term();
        }
    }

    private record Ready(LossTerm term, List<TokenSequence> sequences) {}

    /** What is done with a pass before it is freed. */
    public interface Use {

        /** @param values of the critic, if the task has one */
        void of(ForwardPass forward, Critic.@Nullable Pass values, List<Passed> passed);
    }

    /** @return all of them, in order */
    public List<Passed> over(TrainingTask task, Batch batch, List<LossTerm> terms, Use use) {
        List<Ready> ready = terms.stream()
                .map(term -> new Ready(term, batch.sequences(term)))
                .toList();
        List<Passed> all = new ArrayList<>();
        for (List<Ready> micro : MicroBatches.of(ready, Ready::sequences, passes.microBatchTokens())) {
            passes.journal().stopIfCancelled();
            List<TokenSequence> sequences =
                    micro.stream().flatMap(each -> each.sequences().stream()).toList();
            Wanted wanted = task.wanted();
            try (ForwardPass forward = policy.forward(sequences, wanted);
                    Critic.Pass values = critic == null || !task.hasCritic() ? null : critic.forward(sequences)) {
                List<Passed> passed =
                        passed(batch, micro.stream().map(Ready::term).toList(), now(forward, wanted, values));
                use.of(forward, values, passed);
                all.addAll(passed);
            }
        }
        return all;
    }

    /** @param now of all the terms' rollouts, one term's after the other's */
    private static List<Passed> passed(Batch batch, List<LossTerm> terms, List<Now> now) {
        List<Passed> passed = new ArrayList<>();
        int at = 0;
        for (LossTerm term : terms) {
            int end = at + term.members().size();
            Observed observed = new Observed(term, now.subList(at, end));
            passed.add(new Passed(observed, batch.corrected(term, term.slopes(observed.now()))));
            at = end;
        }
        return passed;
    }

    @SuppressWarnings("NullAway") // It does not read from class files which arrays may be null.
    private static List<Now> now(ForwardPass forward, Wanted wanted, Critic.@Nullable Pass values) {
        List<float[]> logProbs = forward.logProbs();
        List<float[]> kls = wanted.klFrom() == null ? null : forward.tokenKls();
        List<float[]> entropies = wanted.entropy() ? forward.entropies() : null;
        return IntStream.range(0, logProbs.size())
                .mapToObj(s -> new Now(
                        Batch.doubles(logProbs.get(s)),
                        kls == null ? null : Batch.doubles(kls.get(s)),
                        entropies == null ? null : Batch.doubles(entropies.get(s)),
                        values == null ? null : values.of(s)))
                .toList();
    }
}
