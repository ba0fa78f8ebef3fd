package dev.tribunal.contracts.runs.v1.metric;

import dev.tribunal.contracts.runs.v1.metric.MetricResource.Good;
import dev.tribunal.methods.preference.Lcpo;
import java.util.List;

/**
 * Names of metrics. The Javadoc of each is the sentence that clients show, and {@code docs/metrics.md} is written from it.
 * Means run over the rollouts that have the value; what was not measured is absent.
 */
public final class MetricNames {

    /** What a metric with a spread has beside its mean, as endings of its name. */
    public static final List<String> SPREAD = List.of(".std", ".min", ".p10", ".p90", ".max");

    /** Ends a name: standard deviation over the rollouts, divided by their number less one; 0 says that all are alike. */
    public static final String STD = ".std";

    /** Ends a name: the least value of a rollout. */
    public static final String MIN = ".min";

    /** Ends a name: the value that a tenth of the rollouts is at or below. */
    public static final String P10 = ".p10";

    /** Ends a name: the value that nine tenths of the rollouts are at or below. */
    public static final String P90 = ".p90";

    /** Ends a name: the greatest value of a rollout. */
    public static final String MAX = ".max";

    /** What a held-out mean has beside it, as endings of its name. */
    public static final List<String> INTERVAL = List.of(".low", ".high", ".prompts");

    /** Ends a name: the lower end of its 95 % interval, by a bootstrap over the prompts. */
    public static final String LOW = ".low";

    /** Ends a name: the upper end of its 95 % interval, by a bootstrap over the prompts. */
    public static final String HIGH = ".high";

    /** Ends a name: the number of prompts that its interval is over. */
    public static final String PROMPTS = ".prompts";

    /** Mean raw score of the reward model, of each one if a task has several; higher is what the run is after. */
    @Measured(unit = "of the reward model", good = Good.UP, of = "reward model", spread = true)
    public static final String SCORE = "score";

    /** Mean reward that is made of the scores, constraints aside; higher is what the run is after. */
    @Measured(unit = "reward", good = Good.UP, spread = true)
    public static final String REWARD = "reward";

    /**
     * Mean calibrated reward (CGPO, eq. 5) of all scored rollouts, feasible or not: 0.5 is as good as the baseline
     * completion; higher is better.
     */
    @Measured(unit = "share", good = Good.UP, spread = true)
    public static final String CALIBRATED_REWARD = "calibratedReward";

    /** Share that satisfies every constraint, of the rollouts that every judge has decided; higher is better. */
    @Measured(unit = "share", good = Good.UP)
    public static final String FEASIBLE_RATE = "feasibleRate";

    /** Share of the rollouts with an undecided verdict, which leave the batch; lower is better. */
    @Measured(unit = "share", good = Good.DOWN)
    public static final String UNDECIDED_RATE = "undecidedRate";

    /**
     * Of a step with undecided verdicts, the undecided share among the rollouts that another judge found violated; far from
     * {@code undecidedRate.satisfied}, what is left of the step is not what was sampled.
     */
    @Measured(unit = "share")
    public static final String UNDECIDED_RATE_VIOLATED = "undecidedRate.violated";

    /** Of a step with undecided verdicts, the undecided share among the rollouts that no other judge found violated. */
    @Measured(unit = "share")
    public static final String UNDECIDED_RATE_SATISFIED = "undecidedRate.satisfied";

    /** Share of a judge's decided verdicts that are violated; lower is better. */
    @Measured(unit = "share", good = Good.DOWN, of = "judge")
    public static final String VIOLATION_RATE = "violationRate";

    /**
     * Mean log-ratio of the rollouts to the reference (the k1 estimate of KL, which may be negative): how far the policy has
     * gone; a reward is bought with it.
     */
    @Measured(unit = "nats a sequence", spread = true)
    public static final String KL = "kl";

    /** The k3 estimate of the KL to the reference, summed over a rollout's tokens: never negative, and steadier than k1. */
    @Measured(unit = "nats a sequence")
    public static final String KL_K3 = "kl.k3";

    /** Share of the rollouts with a log-ratio of {@code klMax} or more, which are worth nothing; lower is better. */
    @Measured(unit = "share", good = Good.DOWN)
    public static final String BEYOND_LEASH_RATE = "beyondLeashRate";

    /**
     * Estimate of the policy's entropy: the mean of -log p over the tokens that it drew; falling to 0, it says the same
     * again and again.
     */
    @Measured(unit = "nats a token")
    public static final String ENTROPY = "entropy";

    /** Mean length of the completions; a reward that rises with it may be bought with length. */
    @Measured(unit = "tokens", spread = true)
    public static final String COMPLETION_TOKENS = "completionTokens";

    /** Mean length of the completions that came to an end by themselves. */
    @Measured(unit = "tokens", spread = true)
    public static final String COMPLETION_TOKENS_FINISHED = "completionTokens.finished";

    /** Share of the completions that {@code maxNewTokens} cut off; lower is better. */
    @Measured(unit = "share", good = Good.DOWN)
    public static final String TRUNCATED_RATE = "truncatedRate";

    /**
     * Mean weight with which the rollouts of the batch are learnt, as their episodes have it; a standard deviation of 0
     * says that nothing is.
     */
    @Measured(unit = "weight", spread = true)
    public static final String ADVANTAGE = "advantage";

    /**
     * Of rollouts that {@code policy.sampler} drew, the mean over their tokens of how much likelier the policy finds one than
     * what drew it, before truncation: 1 where both are the same.
     */
    @Measured(unit = "ratio", spread = true)
    public static final String IMPORTANCE_RATIO = "importanceRatio";

    /** Likewise, the share of the tokens whose ratio is above {@code cap}, and counts as it; lower is better. */
    @Measured(unit = "share", good = Good.DOWN)
    public static final String IMPORTANCE_TRUNCATED_RATE = "importanceTruncatedRate";

    /** Steps that were taken between the weights that sampled a batch and the step that learns from it. */
    @Measured(unit = "steps", good = Good.DOWN)
    public static final String STALENESS = "staleness";

    /**
     * How far a server of {@code policy.sampler} was from the trainer when it was given the step's weights: mean absolute
     * difference of the log-probabilities of a few prompts; lower is better.
     */
    @Measured(unit = "nats a token", good = Good.DOWN, of = "server")
    public static final String FINGERPRINT_DIFFERENCE = "fingerprintDifference";

    /** Prompts of a step that differ from each other. */
    @Measured(unit = "prompts")
    public static final String DISTINCT_PROMPTS = "distinctPrompts";

    /** Groups of a step: prompts with their rollouts, pairs, or rows of a file. */
    @Measured(unit = "groups")
    public static final String GROUPS_SAMPLED = "groupsSampled";

    /** Groups that a step learnt from, so that at least one rollout of theirs had a weight; more is better. */
    @Measured(unit = "groups", good = Good.UP)
    public static final String GROUPS_KEPT = "groupsKept";

    /**
     * Groups that a step learnt nothing from, and why: {@code undecided}, {@code unscored} or {@code truncated} (so many
     * rollouts left the batch that too few stayed), {@code infeasible} (each that stayed violates a constraint) or
     * {@code alike} (the method finds no difference); fewer is better.
     */
    @Measured(unit = "groups", good = Good.DOWN, of = "reason")
    public static final String GROUPS_LEFT = "groupsLeft";

    /** Updates of the weights in a step; 0 if no rollout had a weight, so that the policy stayed as it was. */
    @Measured(unit = "updates")
    public static final String UPDATES = "updates";

    /** Share of a judge's verdicts that are undecided; lower is better. */
    @Measured(unit = "share", good = Good.DOWN, of = "judge")
    public static final String UNDECIDED_VERDICT_RATE = "undecidedVerdictRate";

    /** Share of the completions that are blank; lower is better. */
    @Measured(unit = "share", good = Good.DOWN)
    public static final String EMPTY_RATE = "emptyRate";

    /** Groups of the batch of which the method made no pair; fewer is better. */
    @Measured(unit = "groups", good = Good.DOWN)
    public static final String PAIRS_SKIPPED = "pairsSkipped";

    /** Groups in whose place their baseline completion was learnt, since none of their rollouts was good enough. */
    @Measured(unit = "groups", good = Good.DOWN)
    public static final String FALLBACKS = "fallbacks";

    /**
     * Norm of the gradient before clipping, 0 if no rollout had a weight, so that there was no update; by task, before rho,
     * where the combiner looks at the tasks' gradients.
     */
    @Measured(unit = "norm")
    public static final String GRADIENT_NORM = "gradientNorm";

    /** Norm of what a step of the gradient optimizer added to the weights; far above its usual size, it blows up. */
    @Measured(unit = "norm")
    public static final String UPDATE_NORM = "updateNorm";

    /** Cosine of a task's gradient and another's, where the combiner looks at them: below 0 they pull apart. */
    @Measured(unit = "cosine", of = "task")
    public static final String GRADIENT_COSINE = "gradientCosine";

    /**
     * What a reward model's advantage, or its gradient, is multiplied by where a method or a task's combiner mixes them: a
     * mean over what has weights of its own.
     */
    @Measured(unit = "weight", of = "reward model")
    public static final String OBJECTIVE_WEIGHT = "objectiveWeight";

    /** The Lagrange multiplier of safe-rlhf: it rises while {@code cost} is above the threshold. */
    @Measured(unit = "weight")
    public static final String LAMBDA = "lambda";

    /** Mean cost of safe-rlhf's last completions, which it holds below its threshold; lower is better. */
    @Measured(unit = "cost", good = Good.DOWN)
    public static final String COST = "cost";

    /**
     * R^2 of feasibility on the reward models' rewards of the completions that a selection of pf-ppo would draw, rewards
     * alike taken together: 1 if they say of them what judges say; of the selections the one with the highest over many steps
     * is to be chosen. Absent where all of them are feasible, or none is.
     */
    @Measured(unit = "R^2", good = Good.UP, of = "selection")
    public static final String REWARD_FIT = "rewardFit";

    /**
     * Of the pairs that {@code training.entanglement} looks at, the mean cosine of the gradients of the chosen and of the
     * rejected completion's log-likelihood (gradient entanglement, arXiv 2410.13828): near 1, the two move together.
     */
    @Measured(unit = "cosine")
    public static final String ENTANGLEMENT_COSINE = "entanglement.cosine";

    /** Likewise, the share of which a small step along the pair's loss does not make the chosen completion less likely. */
    @Measured(unit = "share", good = Good.UP)
    public static final String ENTANGLEMENT_CHOSEN_RISES = "entanglement.chosenRises";

    /** Likewise, the share of which it does not make the rejected completion likelier. */
    @Measured(unit = "share", good = Good.UP)
    public static final String ENTANGLEMENT_REJECTED_FALLS = "entanglement.rejectedFalls";

    /** The gradient optimizer's learning rate. */
    @Measured(unit = "rate")
    public static final String LEARNING_RATE = "learningRate";

    /** The method's own loss, of methods that learn from given completions: for sft nats a token; lower is better. */
    @Measured(unit = "loss", good = Good.DOWN)
    public static final String LOSS = "loss";

    /**
     * Share of given pairs of which the policy prefers the chosen completion, so that the loss of the pair's label is below
     * that of the other one; 0.5 where policy and reference are the same; higher is better.
     */
    @Measured(unit = "share", good = Good.UP)
    public static final String PREFERENCE_ACCURACY = "preferenceAccuracy";

    /** Of the annotators whose pairs were in the step, the share of an annotator's labels that lcpo takes for right. */
    @Measured(unit = "share", of = "annotator")
    public static final String ETA = Lcpo.ETA;

    /** Tokens that the policy sampled a second; more is faster. */
    @Measured(unit = "tokens a second", good = Good.UP, ofTheMachine = true)
    public static final String TOKENS_PER_SECOND = "tokensPerSecond";

    /** Time of a step, without storing it. */
    @Measured(unit = "seconds", good = Good.DOWN, ofTheMachine = true)
    public static final String STEP_SECONDS = "stepSeconds";

    /** Of a step, the time in which the policy sampled. */
    @Measured(unit = "seconds", good = Good.DOWN, ofTheMachine = true)
    public static final String SAMPLING_SECONDS = "samplingSeconds";

    /** Of a step, the time in which log-probabilities under the reference were computed. */
    @Measured(unit = "seconds", good = Good.DOWN, ofTheMachine = true)
    public static final String REFERENCE_SECONDS = "referenceSeconds";

    /** Of a step, the time in which it did nothing but wait for reward models, after it had sampled. */
    @Measured(unit = "seconds", good = Good.DOWN, ofTheMachine = true)
    public static final String REWARD_SECONDS = "rewardSeconds";

    /** Of a step, the time in which it did nothing but wait for judges, after sampling and reward models. */
    @Measured(unit = "seconds", good = Good.DOWN, ofTheMachine = true)
    public static final String JUDGE_SECONDS = "judgeSeconds";

    /** Of a step, the time of the forward and backward passes and of the gradient optimizer. */
    @Measured(unit = "seconds", good = Good.DOWN, ofTheMachine = true)
    public static final String UPDATE_SECONDS = "updateSeconds";

    /** The time that storing the step before took, with its checkpoint if it had one. */
    @Measured(unit = "seconds", good = Good.DOWN, ofTheMachine = true)
    public static final String STORING_SECONDS = "storingSeconds";

    /** Memory of the trainer's process after the step, models on a graphics processor aside. */
    @Measured(unit = "bytes", good = Good.DOWN, ofTheMachine = true)
    public static final String MEMORY_BYTES = "memoryBytes";

    /** {@code feasibleRate} on the held-out prompts; higher is better. */
    @Measured(unit = "share", good = Good.UP, interval = true)
    public static final String HELD_OUT_FEASIBLE_RATE = "heldOut.feasibleRate";

    /** {@code kl} on the held-out prompts. */
    @Measured(unit = "nats a sequence", interval = true)
    public static final String HELD_OUT_KL = "heldOut.kl";

    /** {@code violationRate} on the held-out prompts; lower is better. */
    @Measured(unit = "share", good = Good.DOWN, of = "judge", interval = true)
    public static final String HELD_OUT_VIOLATION_RATE = "heldOut.violationRate";

    /** {@code truncatedRate} on the held-out prompts; lower is better. */
    @Measured(unit = "share", good = Good.DOWN, interval = true)
    public static final String HELD_OUT_TRUNCATED_RATE = "heldOut.truncatedRate";

    /** {@code calibratedReward} on the held-out prompts; higher is better. */
    @Measured(unit = "share", good = Good.UP, interval = true)
    public static final String HELD_OUT_CALIBRATED_REWARD = "heldOut.calibratedReward";

    /** {@code score} on the held-out prompts; higher is what the run is after. */
    @Measured(unit = "of the reward model", good = Good.UP, of = "reward model", interval = true)
    public static final String HELD_OUT_SCORE = "heldOut.score";

    /** {@code reward} on the held-out prompts; higher is what the run is after. */
    @Measured(unit = "reward", good = Good.UP, interval = true)
    public static final String HELD_OUT_REWARD = "heldOut.reward";

    /** {@code completionTokens} on the held-out prompts. */
    @Measured(unit = "tokens", interval = true)
    public static final String HELD_OUT_COMPLETION_TOKENS = "heldOut.completionTokens";

    /** {@code loss} on the held-out prompts; lower is better. */
    @Measured(unit = "loss", good = Good.DOWN)
    public static final String HELD_OUT_LOSS = "heldOut.loss";

    /** {@code preferenceAccuracy} on the held-out pairs; higher is better. */
    @Measured(unit = "share", good = Good.UP, interval = true)
    public static final String HELD_OUT_PREFERENCE_ACCURACY = "heldOut.preferenceAccuracy";

    /**
     * Share of the decided verdicts on the held-out prompts that are violated, of a judge that does not train the task: if
     * it rises while the reward does, the reward is being hacked; lower is better.
     */
    @Measured(unit = "share", good = Good.DOWN, of = "judge", interval = true)
    public static final String HELD_OUT_JUDGE = "heldOut.judge";

    /**
     * Mean raw score on the held-out prompts of a reward model that does not train the task: if it falls while the reward
     * rises, the reward is being hacked; higher is better.
     */
    @Measured(unit = "of the reward model", good = Good.UP, of = "reward model", interval = true)
    public static final String HELD_OUT_REWARD_MODEL = "heldOut.rewardModel";

    private MetricNames() {}
}
