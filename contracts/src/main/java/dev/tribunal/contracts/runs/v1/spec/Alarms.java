package dev.tribunal.contracts.runs.v1.spec;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Default;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;

/**
 * When a run raises an alarm, and what follows. Each looks at the latest steps of the stage at hand, task by task, and is
 * over once they give no reason for it any more. The defaults raise none in the runs that are measured in docs/alarms.md.
 *
 * @param noSignal {@code no-signal}
 * @param feasibleRateLow {@code feasible-rate-low}
 * @param judgeNeverSatisfied {@code judge-never-satisfied}
 * @param undecidedHigh {@code undecided-high}
 * @param truncatedHigh {@code truncated-high}
 * @param emptyCompletions {@code empty-completions}
 * @param rewardHacking {@code reward-hacking}
 * @param klHigh {@code kl-high}
 * @param entropyCollapse {@code entropy-collapse}
 * @param lengthRunaway {@code length-runaway}
 * @param gradientExplosion {@code gradient-explosion}
 * @param blowUp {@code blow-up}
 */
public record Alarms(
        @Default("{}") NoSignal noSignal,
        @Default("{}") FeasibleRateLow feasibleRateLow,
        @Default("{}") JudgeNeverSatisfied judgeNeverSatisfied,
        @Default("{}") UndecidedHigh undecidedHigh,
        @Default("{}") TruncatedHigh truncatedHigh,
        @Default("{}") EmptyCompletions emptyCompletions,
        @Default("{}") RewardHacking rewardHacking,
        @Default("{}") KlHigh klHigh,
        @Default("{}") EntropyCollapse entropyCollapse,
        @Default("{}") LengthRunaway lengthRunaway,
        @Default("{}") GradientExplosion gradientExplosion,
        @Default("{}") BlowUp blowUp) {

    /** What follows when an alarm is raised. */
    public enum Action {
        /** Nothing: the alarm is off. */
        @JsonProperty("ignore")
        IGNORE,
        /** It is told, and the run goes on. */
        @JsonProperty("report")
        REPORT,
        /** The run pauses after the step, with a checkpoint, until a person resumes it. */
        @JsonProperty("pause")
        PAUSE,
        /** The run fails after the step; its checkpoints and episodes are kept. */
        @JsonProperty("fail")
        FAIL
    }

    /**
     * No group of a task taught its method anything.
     *
     * @param steps so many in a row; default 5
     * @param action default {@code report}
     */
    public record NoSignal(
            @Min(1) @Max(1_000_000) @Default("5") int steps,
            @JsonProperty("do") @Default("report") Action action) {}

    /**
     * Hardly any completion satisfies every constraint.
     *
     * @param steps that {@code feasibleRate} is averaged over; default 10
     * @param threshold the mean that is too low, a share; default 0.01
     * @param action default {@code report}
     */
    public record FeasibleRateLow(
            @Min(1) @Max(1_000_000) @Default("10") int steps,
            @DecimalMin("0") @Max(1) @Default("0.01") double threshold,
            @JsonProperty("do") @Default("report") Action action) {}

    /**
     * A judge found every completion violated that it decided on.
     *
     * @param steps so many in a row; default 10
     * @param action default {@code report}
     */
    public record JudgeNeverSatisfied(
            @Min(1) @Max(1_000_000) @Default("10") int steps,
            @JsonProperty("do") @Default("report") Action action) {}

    /**
     * Many completions left the batch because a judge could not tell.
     *
     * @param steps that {@code undecidedRate} is averaged over; default 5
     * @param threshold the mean that is too high, a share; default 0.5
     * @param action default {@code report}
     */
    public record UndecidedHigh(
            @Min(1) @Max(1_000_000) @Default("5") int steps,
            @DecimalMin("0") @Max(1) @Default("0.5") double threshold,
            @JsonProperty("do") @Default("report") Action action) {}

    /**
     * {@code maxNewTokens} cuts off many completions.
     *
     * @param steps that {@code truncatedRate} is averaged over; default 10
     * @param threshold the mean that is too high, a share; default 0.8
     * @param action default {@code report}
     */
    public record TruncatedHigh(
            @Min(1) @Max(1_000_000) @Default("10") int steps,
            @DecimalMin("0") @Max(1) @Default("0.8") double threshold,
            @JsonProperty("do") @Default("report") Action action) {}

    /**
     * Many completions are blank.
     *
     * @param steps that {@code emptyRate} is averaged over; default 5
     * @param threshold the mean that is too high, a share; default 0.5
     * @param action default {@code report}
     */
    public record EmptyCompletions(
            @Min(1) @Max(1_000_000) @Default("5") int steps,
            @DecimalMin("0") @Max(1) @Default("0.5") double threshold,
            @JsonProperty("do") @Default("report") Action action) {}

    /**
     * The reward that is trained on has risen since an earlier evaluation, while the feasible rate, a judge's verdicts or
     * another score on the held-out prompts got worse. Where a figure has a 95 % interval, the two must not overlap.
     *
     * @param steps that the training reward is averaged over, before either evaluation; default 5
     * @param threshold how far a held-out rate has to fall, a share; and a held-out score, in its standard deviations where
     *     they are known, else not looked at; default 0.1
     * @param action default {@code report}
     */
    public record RewardHacking(
            @Min(1) @Max(1_000_000) @Default("5") int steps,
            @DecimalMin("0") @Max(1_000_000) @Default("0.1") double threshold,
            @JsonProperty("do") @Default("report") Action action) {}

    /**
     * The policy is far from its reference.
     *
     * @param steps that {@code kl} and {@code completionTokens} are averaged over; default 5
     * @param threshold {@code kl} over {@code completionTokens} that is too high, nats a token; default 1
     * @param action default {@code report}
     */
    public record KlHigh(
            @Min(1) @Max(1_000_000) @Default("5") int steps,
            @Positive @Max(1_000_000) @Default("1") double threshold,
            @JsonProperty("do") @Default("report") Action action) {}

    /**
     * The policy hardly samples anything but one completion of a prompt.
     *
     * @param steps that {@code entropy} is averaged over, of the latest and of the stage's first; default 10
     * @param threshold the share of the first steps' entropy that is too low; default 0.05
     * @param action default {@code report}
     */
    public record EntropyCollapse(
            @Min(1) @Max(1_000_000) @Default("10") int steps,
            @DecimalMin("0") @Max(1) @Default("0.05") double threshold,
            @JsonProperty("do") @Default("report") Action action) {}

    /**
     * Completions have become much longer.
     *
     * @param steps that {@code completionTokens} is averaged over, of the latest and of the stage's first; default 10
     * @param threshold the multiple of the first steps' length that is too long; default 4
     * @param action default {@code report}
     */
    public record LengthRunaway(
            @Min(1) @Max(1_000_000) @Default("10") int steps,
            @Min(1) @Max(1_000_000) @Default("4") double threshold,
            @JsonProperty("do") @Default("report") Action action) {}

    /**
     * The gradient's norm before clipping is far above what it was.
     *
     * @param steps so many in a row; default 3
     * @param threshold the multiple of the median of the ten or more steps before them; default 20
     * @param action default {@code report}
     */
    public record GradientExplosion(
            @Min(1) @Max(1_000_000) @Default("3") int steps,
            @Min(1) @Max(1_000_000_000) @Default("20") double threshold,
            @JsonProperty("do") @Default("report") Action action) {}

    /**
     * All numbers are finite, and the policy writes what its reference would never write: {@code kl} is high for a
     * completion as well as for each of its tokens.
     *
     * @param steps so many in a row; default 3
     * @param threshold {@code kl} that is too high, nats a completion, where it is more than 2 nats a token; default 50
     * @param action default {@code fail}: what such a policy is trained to is of no use
     */
    public record BlowUp(
            @Min(1) @Max(1_000_000) @Default("3") int steps,
            @Positive @Max(1_000_000) @Default("50") double threshold,
            @JsonProperty("do") @Default("fail") Action action) {}
}
