package dev.tribunal.contracts.runs.v1.label;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tribunal.methods.statistics.Agreement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the judges of a run say what people say of its rollouts.
 *
 * @param labels verdicts of people that there are
 * @param skipped of these, how many say neither satisfied nor violated
 * @param constraints all constraints of a task together, against the labels that name no judge; absent if there are none
 * @param judges against the labels that name the judge, and where a rollout has none, against the one of all constraints
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LabelAgreement(
        long labels, long skipped, @Nullable Compared constraints, List<JudgeLabels> judges) {

    /** The most rollouts that {@code disagreements} names. */
    public static final int MAX_DISAGREEMENTS = 100;

    /** Of one version of a judge. */
    public record JudgeLabels(String judge, String version, Compared compared) {}

    /**
     * @param agreement over the rollouts that a person called satisfied or violated
     * @param disagreements ids of rollouts that a person and the judge say the opposite of, the first 100
     */
    public record Compared(Agreement agreement, List<String> disagreements) {}
}
