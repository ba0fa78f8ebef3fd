package dev.tribunal.contracts.runs.v1;

/** Names of metrics. Means run over the rollouts that have the value; rates are shares from 0 to 1. */
public final class MetricNames {

    /** Mean raw score; of a task with several reward models for each: this name, a dot, the reward model's in the task. */
    public static final String SCORE = "score";

    /** Mean reward, constraints aside, of a task with several reward models. */
    public static final String REWARD = "reward";

    /** Mean calibrated reward (CGPO, eq. 5) of all scored rollouts, feasible or not. */
    public static final String CALIBRATED_REWARD = "calibratedReward";

    /** Share that satisfies every constraint, of the rollouts that every judge has decided. */
    public static final String FEASIBLE_RATE = "feasibleRate";

    /** Share of the rollouts with an undecided verdict. */
    public static final String UNDECIDED_RATE = "undecidedRate";

    /**
     * Of a step with undecided verdicts, {@link #UNDECIDED_RATE} among the rollouts that another judge found violated. Where
     * it is far from {@link #UNDECIDED_RATE_SATISFIED}, what is left of the step is not what was sampled.
     */
    public static final String UNDECIDED_RATE_VIOLATED = "undecidedRate.violated";

    /** {@link #UNDECIDED_RATE} among the other rollouts: see {@link #UNDECIDED_RATE_VIOLATED}. */
    public static final String UNDECIDED_RATE_SATISFIED = "undecidedRate.satisfied";

    /** Share of a judge's decided verdicts that are violated: this name, a dot, the judge's name. */
    public static final String VIOLATION_RATE = "violationRate";

    /** Mean of the rollouts' log-ratios to the reference, nats a sequence: an estimate of KL(policy || reference); absent without one. */
    public static final String KL = "kl";

    /** Groups of a step: prompts with their rollouts, pairs, or rows of a file. */
    public static final String GROUPS_SAMPLED = "groupsSampled";

    /** Groups that a step learnt from: at least one rollout of theirs had a weight. */
    public static final String GROUPS_KEPT = "groupsKept";

    /**
     * Groups that a step learnt nothing from: this name, a dot, and why: {@code undecided}, {@code unscored} or
     * {@code truncated} (so many rollouts left the batch that too few stayed), {@code infeasible} (each that stayed
     * violates a constraint) or {@code alike} (the method finds no difference).
     */
    public static final String GROUPS_LEFT = "groupsLeft";

    /** Updates of the weights in a step; 0 if no rollout had a weight, so that the policy stayed as it was. */
    public static final String UPDATES = "updates";

    /** Share of a judge's verdicts that are undecided: this name, a dot, the judge's name. */
    public static final String UNDECIDED_VERDICT_RATE = "undecidedVerdictRate";

    /** Share of the completions that are blank. */
    public static final String EMPTY_RATE = "emptyRate";

    /**
     * Mean of minus the log-probability of the tokens that were sampled, at the sampling temperature, nats a token: an
     * estimate of the policy's entropy.
     */
    public static final String ENTROPY = "entropy";

    public static final String COMPLETION_TOKENS = "completionTokens";

    /** Share of the completions that {@code maxNewTokens} cut off. */
    public static final String TRUNCATED_RATE = "truncatedRate";

    /**
     * Before clipping; 0 if no rollout of the step had a weight, so that there was no update. Of a task where the
     * combiner looks at the tasks' gradients, before rho.
     */
    public static final String GRADIENT_NORM = "gradientNorm";

    /** Cosine of a task's gradient and another's, where the combiner looks at them: this name, a dot, the other's name. */
    public static final String GRADIENT_COSINE = "gradientCosine";

    /**
     * Of a task's pairs, where a combiner keeps the gradients of their sides apart: the cosine of the gradients of the
     * chosen and of the rejected completions' log-likelihoods (gradient entanglement, arXiv 2410.13828).
     */
    public static final String ENTANGLEMENT_COSINE = "entanglement.cosine";

    /** Likewise, 1 if a small step along the loss's gradient makes chosen completions likelier, else 0. */
    public static final String ENTANGLEMENT_CHOSEN_RISES = "entanglement.chosenRises";

    /** Likewise, 1 if it makes rejected completions less likely, else 0. */
    public static final String ENTANGLEMENT_REJECTED_FALLS = "entanglement.rejectedFalls";

    public static final String LEARNING_RATE = "learningRate";

    /** The method's own, of methods that learn from given completions: for {@code sft} nats a token. */
    public static final String LOSS = "loss";

    public static final String STEP_SECONDS = "stepSeconds";
    public static final String SAMPLING_SECONDS = "samplingSeconds";
    public static final String UPDATE_SECONDS = "updateSeconds";

    /** {@link #FEASIBLE_RATE} on the held-out prompts, at step 0 and after the last step. */
    public static final String HELD_OUT_FEASIBLE_RATE = "heldOut.feasibleRate";

    /** {@link #KL} on the held-out prompts, at step 0 and after the last step. */
    public static final String HELD_OUT_KL = "heldOut.kl";

    /** {@link #VIOLATION_RATE} on the held-out prompts, at step 0 and after the last step, likewise with a judge's name. */
    public static final String HELD_OUT_VIOLATION_RATE = "heldOut.violationRate";

    /** {@link #TRUNCATED_RATE} on the held-out prompts, at step 0 and after the last step. */
    public static final String HELD_OUT_TRUNCATED_RATE = "heldOut.truncatedRate";

    /** {@link #CALIBRATED_REWARD} on the held-out prompts, at step 0 and after the last step. */
    public static final String HELD_OUT_CALIBRATED_REWARD = "heldOut.calibratedReward";

    /** {@link #SCORE} on the held-out prompts, at step 0 and after the last step, likewise with a reward model's name. */
    public static final String HELD_OUT_SCORE = "heldOut.score";

    /** {@link #REWARD} on the held-out prompts, at step 0 and after the last step. */
    public static final String HELD_OUT_REWARD = "heldOut.reward";

    /** {@link #LOSS} on the held-out prompts, at step 0 and after the last step. */
    public static final String HELD_OUT_LOSS = "heldOut.loss";

    /**
     * Ends of a 95 % interval, by a bootstrap over the prompts, of {@link #HELD_OUT_FEASIBLE_RATE} and
     * {@link #HELD_OUT_CALIBRATED_REWARD}: the metric's name and this.
     */
    public static final String LOW = ".low";

    /** See {@link #LOW}. */
    public static final String HIGH = ".high";

    /** The prompts that such an interval is over: the metric's name and this. */
    public static final String PROMPTS = ".prompts";

    private MetricNames() {}
}
