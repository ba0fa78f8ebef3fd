package dev.tribunal.trainer.strategy;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import java.util.List;

/** Judges. */
@FunctionalInterface
public interface Verifier {

    /** @return one list an item, in order, with one verdict a judge; at least one */
    List<List<JudgeVerdict>> judge(List<Rated> items);
}
