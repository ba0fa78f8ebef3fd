package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.spec.PolicyEngine;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.Capability;
import java.util.List;
import java.util.Set;

/** What is known of an engine that is not on the trainer's own machine. */
public interface EngineCheck {

    /** What it can do of what not every engine can. */
    Set<Capability> capabilities(PolicyEngine engine);

    /**
     * What is wrong with a policy on its engine, with pointers from the policy; none if nothing is. The engine is asked what
     * it has.
     */
    List<FieldError> mistakes(RunSpec.Policy policy, PolicyEngine engine);
}
