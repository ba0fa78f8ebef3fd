package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.methods.policy.Codpo;
import dev.tribunal.methods.policy.Crpg;
import dev.tribunal.methods.policy.Crraft;
import dev.tribunal.methods.policy.PolicyOptimizer;

/** The policy optimizer that a spec names. */
final class PolicyOptimizers {

    private PolicyOptimizers() {}

    static PolicyOptimizer of(RunSpec.Optimizer optimizer) {
        return switch (optimizer) {
            case RunSpec.Crpg crpg -> new Crpg(crpg.klMax());
            case RunSpec.Crraft crraft -> new Crraft(crraft.klMax());
            case RunSpec.Codpo codpo -> new Codpo(codpo.beta(), codpo.lambda());
        };
    }
}
