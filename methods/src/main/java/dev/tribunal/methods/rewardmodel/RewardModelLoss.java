package dev.tribunal.methods.rewardmodel;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What a reward model learns, and from what: a record of hyperparameters. Everything is a loss of one row, to be
 * minimised; a step minimises the mean over its rows.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = BradleyTerry.class, name = "bradley-terry"),
    @JsonSubTypes.Type(value = Linear.class, name = "linear"),
    @JsonSubTypes.Type(value = Lcpo.class, name = "lcpo"),
    @JsonSubTypes.Type(value = SquaredError.class, name = "mse"),
    @JsonSubTypes.Type(value = Moslim.class, name = "moslim"),
    @JsonSubTypes.Type(value = Brme.class, name = "brme")
})
public sealed interface RewardModelLoss permits PreferenceLoss, SquaredError, Moslim, Brme {

    /** Whether its rows are preference pairs, and not answers by themselves. */
    boolean ofPairs();
}
