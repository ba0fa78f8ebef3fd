package dev.tribunal.methods;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.online.Codpo;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.methods.online.Crraft;
import dev.tribunal.methods.online.Grpo;
import dev.tribunal.methods.online.OnlineDpo;
import dev.tribunal.methods.online.Pama;
import dev.tribunal.methods.online.PfPpo;
import dev.tribunal.methods.online.Ppo;
import dev.tribunal.methods.online.Raft;
import dev.tribunal.methods.online.Reinforce;
import dev.tribunal.methods.online.Rloo;
import dev.tribunal.methods.online.SafeRlhf;
import dev.tribunal.methods.preference.Cpl;
import dev.tribunal.methods.preference.Cpo;
import dev.tribunal.methods.preference.Dpo;
import dev.tribunal.methods.preference.Ipo;
import dev.tribunal.methods.preference.Lcpo;
import dev.tribunal.methods.preference.SimPo;
import dev.tribunal.methods.preference.Tdpo;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import dev.tribunal.methods.supervised.ALol;
import dev.tribunal.methods.supervised.Sft;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * A method: the record of its hyperparameters, each with bounds and, where there is a usual one, a default. One more
 * line below makes another one known to specs, schemas and the command line.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Crpg.class, name = "crpg"),
    @JsonSubTypes.Type(value = Crraft.class, name = "crraft"),
    @JsonSubTypes.Type(value = Codpo.class, name = "codpo"),
    @JsonSubTypes.Type(value = Ppo.class, name = "ppo"),
    @JsonSubTypes.Type(value = PfPpo.class, name = "pf-ppo"),
    @JsonSubTypes.Type(value = Pama.class, name = "pama"),
    @JsonSubTypes.Type(value = SafeRlhf.class, name = "safe-rlhf"),
    @JsonSubTypes.Type(value = Grpo.class, name = "grpo"),
    @JsonSubTypes.Type(value = Rloo.class, name = "rloo"),
    @JsonSubTypes.Type(value = Reinforce.class, name = "reinforce"),
    @JsonSubTypes.Type(value = Raft.class, name = "raft"),
    @JsonSubTypes.Type(value = OnlineDpo.class, name = "online-dpo"),
    @JsonSubTypes.Type(value = Dpo.class, name = "dpo"),
    @JsonSubTypes.Type(value = Ipo.class, name = "ipo"),
    @JsonSubTypes.Type(value = SimPo.class, name = "simpo"),
    @JsonSubTypes.Type(value = Cpo.class, name = "cpo"),
    @JsonSubTypes.Type(value = Tdpo.class, name = "tdpo"),
    @JsonSubTypes.Type(value = Cpl.class, name = "cpl"),
    @JsonSubTypes.Type(value = Lcpo.class, name = "lcpo"),
    @JsonSubTypes.Type(value = ALol.class, name = "a-lol"),
    @JsonSubTypes.Type(value = Sft.class, name = "sft")
})
public interface Method {

    /** Rollouts unless a method says otherwise. */
    default Experience experience() {
        return Experience.ROLLOUTS;
    }

    /** As specs write it. */
    default String name() {
        return Arrays.stream(Method.class.getAnnotation(JsonSubTypes.class).value())
                .filter(known -> known.value() == getClass())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(getClass() + " is not among Method's subtypes"))
                .name();
    }

    Set<Need> needs();

    /** A fresh one with the state that it starts from; the record itself where it has none and is the optimizer too. */
    default PolicyOptimizer optimizer() {
        return (PolicyOptimizer) this;
    }

    /** The log-ratio to the reference, nats a sequence, from which on a rollout is worth nothing; empty without one. */
    default OptionalDouble leash() {
        return OptionalDouble.empty();
    }

    /** Where it is published: the authors' own paper first. */
    String paper();

    /**
     * Whether the group of a prompt teaches it anything by itself: unless a method says otherwise, where the rewards, 0 for
     * a violation, are not all the same (DAPO, arXiv 2503.14476, eq. 11).
     */
    default boolean learnsFrom(RatedGroup group) {
        return group.candidates().stream()
                        .mapToDouble(RatedRollout::constrainedReward)
                        .distinct()
                        .count()
                > 1;
    }

    /** How many values the critic has for each token. */
    default int critics(int rewardModels) {
        return needs().contains(Need.CRITIC) ? 1 : 0;
    }

    /** Why it cannot learn from these reward models of a task; empty if it can. */
    default Optional<String> misfit(Set<String> rewardModels) {
        return Optional.empty();
    }

    /** Whether its losses are of pairs of completions, given or made. */
    default boolean hasPairs() {
        return experience() == Experience.PAIRS;
    }

    /** How rows of a file are drawn; unless a method says otherwise each once an epoch. */
    default Draws draws() {
        return Draws.EPOCHS;
    }

    /** The fewest completions of one prompt that it can learn from. */
    default int fewestGenerations() {
        return 1;
    }

    /** The fewest rollouts of a minibatch, of all prompts together, that it can learn from. */
    default int fewestRollouts() {
        return fewestGenerations();
    }
}
