package dev.tribunal.methods.preference;

import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Logistic;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Set;

/**
 * DPO, direct preference optimization (Rafailov et al., arXiv 2305.18290): the policy itself is the reward model, by how
 * far it has moved from the reference.
 *
 * <pre>
 * m    = beta (lr(a_w) - lr(a_l)) - offset margin,   lr(a) = log pi(a|s) - log pi_ref(a|s)
 * L    = -log sigma(m)                                                              (7)
 * dL/dlog pi(a_w) = -beta sigma(-m),   dL/dlog pi(a_l) = beta sigma(-m)
 *
 * label smoothing  (1 - e) L(w&gt;l) + e L(l&gt;w),                e = labelSmoothing
 * robust           ((1 - e) L(w&gt;l) - e L(l&gt;w)) / (1 - 2e)
 * </pre>
 *
 * Label smoothing (conservative DPO: Mitchell, "A note on DPO with noisy preferences and relationship to IPO", 2023) is
 * the expected loss where a share e of the labels is wrong, and aims at a finite margin. Robust DPO (Chowdhury et al., arXiv
 * 2403.00409) is the loss whose expectation over such labels is that of the right ones. Both take e for the same in all
 * pairs: {@link Lcpo} infers it. The offset is ODPO's (Amini et al., arXiv 2402.10571); the other label's has the other
 * sign.
 *
 * @param beta scale of the log-ratios, 1/nats; the higher, the nearer to the reference; default 0.1
 * @param labelSmoothing e, the share of the labels that is taken for wrong; default 0
 * @param robust whether the loss is made unbiased for wrong labels, and not only expects them; default false
 * @param offset by how many times the pair's {@code margin} the chosen completion has to win; at 0 the margin is not read;
 *     default 0
 */
public record Dpo(
        @Default("0.1") @Positive @Max(1_000_000_000) double beta,

        @Default("0") @PositiveOrZero @DecimalMax(value = "0.5", inclusive = false)
        double labelSmoothing,

        @Default("false") boolean robust,
        @Default("0") @PositiveOrZero @Max(1_000_000_000) double offset)
        implements PreferenceMethod, Checked {

    /** Of labels that are all right. */
    public Dpo(double beta) {
        this(beta, 0, false, 0);
    }

    @Override
    public Value of(Side chosen, Side rejected) {
        return of(chosen, rejected, 0);
    }

    @Override
    public Value of(Side chosen, Side rejected, double margin) {
        Value given = plain(chosen, rejected, margin);
        if (labelSmoothing == 0) {
            return given;
        }
        double right = 1 - labelSmoothing;
        return given.mixed(robust ? right / (1 - 2 * labelSmoothing) : right, plain(rejected, chosen, -margin));
    }

    private Value plain(Side chosen, Side rejected, double ofPair) {
        double margin = beta * (chosen.logRatio() - rejected.logRatio()) - offset * ofPair;
        double slope = beta / (1 + Math.exp(margin));
        return new Value(Logistic.loss(margin), -slope, slope);
    }

    @Override
    public void check(Findings findings) {
        if (robust && labelSmoothing == 0 && findings.sound("/robust") && findings.sound("/labelSmoothing")) {
            findings.mistake(
                    "/labelSmoothing",
                    "is 0 beside robust: give the share of the labels that is wrong, or remove robust");
        }
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.REFERENCE);
    }

    @Override
    public String paper() {
        return "arXiv 2305.18290";
    }
}
