package dev.tribunal.contracts.common;

import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.DefaultFrom;
import dev.tribunal.input.Findings;
import dev.tribunal.input.Shorthand;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.util.List;

/**
 * A low-rank adapter is trained in place of a model's weights: {@code W x + alpha / rank * B A x}. A policy's reference is
 * the policy with the adapter off, so the weights are held once; a reward model's head is trained beside the adapter.
 *
 * @param rank the rows of A and the columns of B
 * @param alpha default {@code rank}
 * @param targetModules which of {@code q_proj}, {@code k_proj}, {@code v_proj}, {@code o_proj}, {@code gate_proj},
 *     {@code up_proj}, {@code down_proj} are adapted in every layer; default {@code all-linear}, all of them
 */
public record Lora(
        @Min(1) @Max(4096) int rank,

        @Positive @Max(1_000_000_000) @DefaultFrom("rank") double alpha,

        @Shorthand(word = "all-linear", value = ALL_LINEAR) @Default(ALL_LINEAR)
        List<@Pattern(regexp = LINEAR, message = MUST_BE_LINEAR) String> targetModules)
        implements Checked {

    static final String ALL_LINEAR =
            "[\"q_proj\", \"k_proj\", \"v_proj\", \"o_proj\", \"gate_proj\", \"up_proj\", \"down_proj\"]";
    private static final String LINEAR = "(q|k|v|o|gate|up|down)_proj";
    private static final String MUST_BE_LINEAR =
            "must be one of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj";

    public Lora {
        targetModules = targetModules.stream().distinct().toList();
    }

    @Override
    public void check(Findings findings) {
        if (targetModules.isEmpty() && findings.sound("/targetModules")) {
            findings.mistake("/targetModules", "is empty: nothing would be trained");
        }
    }
}
