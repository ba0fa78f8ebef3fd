package dev.tribunal.methods.label;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.function.UnaryOperator;

/** What is made of rows: the record of its hyperparameters. One that has none to be given is written as its name alone. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = BestOverWorst.class, name = "best-over-worst"),
    @JsonSubTypes.Type(value = FeasibleOverInfeasible.class, name = "feasible-over-infeasible"),
    @JsonSubTypes.Type(value = DemonstrationOverGeneration.class, name = "demonstration-over-generation"),
    @JsonSubTypes.Type(value = HigherOverLower.class, name = "higher-over-lower"),
    @JsonSubTypes.Type(value = Best.class, name = "best"),
    @JsonSubTypes.Type(value = RewardsInContext.class, name = "rewards-in-context"),
    @JsonSubTypes.Type(value = ParallelTexts.class, name = "parallel-texts"),
    @JsonSubTypes.Type(value = DifficultySplit.class, name = "difficulty-split"),
    @JsonSubTypes.Type(value = EnsembleVotes.class, name = "ensemble-votes")
})
public sealed interface Labeller
        permits BestOverWorst,
                FeasibleOverInfeasible,
                DemonstrationOverGeneration,
                HigherOverLower,
                Best,
                RewardsInContext,
                ParallelTexts,
                DifficultySplit,
                EnsembleVotes {

    /** The rows that it reads. */
    enum Rows {
        /** Each with a completion; those of one prompt are a group. */
        COMPLETIONS,
        /** Each with a chosen and a rejected completion. */
        PAIRS,
        /** Prompts, whatever else they have. */
        PROMPTS
    }

    default Rows reads() {
        return Rows.COMPLETIONS;
    }

    /** Whether it leaves demonstrations, and not pairs. */
    default boolean leavesDemonstrations() {
        return false;
    }

    /** The fewest reward models that it can do with. */
    default int fewestRewardModels() {
        return 0;
    }

    default int mostRewardModels() {
        return 1;
    }

    /** Whether it does nothing without judges. */
    default boolean needsJudges() {
        return false;
    }

    /** @param stage what becomes of a reference to a stage, {@code stage:NAME} */
    default Labeller renamed(UnaryOperator<String> stage) {
        return this;
    }
}
