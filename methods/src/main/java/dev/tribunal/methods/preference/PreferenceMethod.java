package dev.tribunal.methods.preference;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.PairLoss;
import dev.tribunal.methods.loss.PolicyOptimizer;

/** A loss of a pair, which is a method by itself where pairs are given. A line below lets online methods take it too. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Dpo.class, name = "dpo"),
    @JsonSubTypes.Type(value = Ipo.class, name = "ipo"),
    @JsonSubTypes.Type(value = SimPo.class, name = "simpo"),
    @JsonSubTypes.Type(value = Cpo.class, name = "cpo"),
    @JsonSubTypes.Type(value = Tdpo.class, name = "tdpo"),
    @JsonSubTypes.Type(value = Cpl.class, name = "cpl")
})
public interface PreferenceMethod extends Method, PairLoss {

    @Override
    default Experience experience() {
        return Experience.PAIRS;
    }

    @Override
    default PolicyOptimizer optimizer() {
        return new GivenPairs(this);
    }

    @Override
    default boolean needsTokenKl() {
        return needs().contains(Need.TOKEN_KL);
    }
}
