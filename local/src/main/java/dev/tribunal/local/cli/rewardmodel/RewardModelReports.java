package dev.tribunal.local.cli.rewardmodel;

import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.local.cli.shared.Details;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is said of one reward model. */
final class RewardModelReports {

    private RewardModelReports() {}

    static String name(RewardModelResource model) {
        return model.name() + "@" + model.version();
    }

    /** How often it is right, with the number of pairs; "-" if nothing was measured. */
    static String accuracy(RewardModelResource model, String of, String pairs) {
        @Nullable Double share = model.metrics().get(of);
        return share == null
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%.0f %% of %.0f",
                        100 * share,
                        model.metrics().getOrDefault(pairs, 0.0));
    }

    /** Its state, and what makes it doubtful. */
    static List<String> outcome(RewardModelResource model) {
        List<String> lines = new ArrayList<>();
        lines.add(name(model) + " is " + Words.of(model.state())
                + (model.failure() == null ? "" : ": " + model.failure()));
        if (model.metrics().containsKey("validationAccuracy")) {
            lines.add("  right on held-out pairs  " + accuracy(model, "validationAccuracy", "validationPairs"));
        }
        if (model.metrics().containsKey("trainedAccuracy")) {
            lines.add("  right on its own pairs   " + accuracy(model, "trainedAccuracy", "trainedPairs"));
        }
        for (Condition condition : model.conditions()) {
            lines.add("  warning: " + condition.type() + ": " + condition.message());
        }
        return lines;
    }

    static List<String> whole(RewardModelResource model) {
        List<String> lines = outcome(model);
        if (model.state() == RewardModelResource.State.PREPARING) {
            lines.add("  prepared  " + Math.round(100 * model.progress()) + " %");
        }
        Details.add(lines, "digest", model.digest());
        Details.add(lines, "path", model.path());
        Details.add(lines, "created", model.createdAt().toString());
        for (Map.Entry<String, Double> metric : new TreeMap<>(model.metrics()).entrySet()) {
            lines.add("  " + metric.getKey() + " " + number(metric.getValue()));
        }
        return lines;
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.4g", value);
    }
}
