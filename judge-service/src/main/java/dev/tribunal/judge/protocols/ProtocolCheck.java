package dev.tribunal.judge.protocols;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.contracts.judge.v1.JudgeProtocol;
import dev.tribunal.contracts.judge.v1.JudgeProtocol.Threshold;
import dev.tribunal.judge.protocols.grader.Grading;
import dev.tribunal.servicekit.json.JsonPointers;
import dev.tribunal.servicekit.protocols.ScoringClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a protocol asks of its registration. */
public final class ProtocolCheck {

    private static final int DEFAULT_BATCH_ITEMS = 64;

    /** What text-embeddings-inference takes unless it is told otherwise. */
    private static final int TEI_BATCH_ITEMS = 32;

    private ProtocolCheck() {}

    /**
     * What is wrong with a protocol beyond its form; pointers are from its root.
     *
     * @param whole whether its form has no mistake
     */
    public static List<FieldError> mistakes(JudgeProtocol protocol, boolean whole) {
        List<FieldError> errors = new ArrayList<>();
        if (protocol.server() != null) {
            ScoringClient.errors(protocol.server()).forEach(error -> errors.add(below("/server", error)));
        }
        if (protocol.grader() != null) {
            Grading.errors(protocol.grader()).forEach(error -> errors.add(below("/grader", error)));
        }
        if (!whole || protocol.grader() == null || !errors.isEmpty()) {
            return errors;
        }
        decides(protocol, errors);
        if (threshold(protocol) == null) {
            errors.add(new FieldError(
                    "/threshold",
                    "is missing, and the grader has no pass_threshold; say from which score on an item is satisfied,"
                            + " for example {\"atLeast\": 0.5}"));
        }
        return errors;
    }

    /** A threshold that every score of the grader passes, or none, decides nothing. */
    private static void decides(JudgeProtocol protocol, List<FieldError> errors) {
        Map<String, Object> grader = Objects.requireNonNull(protocol.grader());
        double[] range = Grading.range(grader);
        Threshold threshold = threshold(protocol);
        if (range == null || threshold == null) {
            return;
        }
        Double atLeast = threshold.atLeast();
        Double below = threshold.below();
        String at = protocol.threshold() == null ? "/grader/pass_threshold" : "/threshold";
        String scores = "; the grader's scores are from " + range[0] + " to " + range[1];
        if (atLeast != null && atLeast <= range[0] || below != null && below > range[1]) {
            errors.add(new FieldError(at, "is passed by every score" + scores));
        } else if (atLeast != null && atLeast > range[1] || below != null && below <= range[0]) {
            errors.add(new FieldError(at, "is passed by no score" + scores));
        }
    }

    private static FieldError below(String root, FieldError error) {
        return new FieldError(root + error.pointer(), error.detail());
    }

    /** The protocol's own threshold, or else its grader's. */
    static @Nullable Threshold threshold(JudgeProtocol protocol) {
        if (protocol.threshold() != null || protocol.grader() == null) {
            return protocol.threshold();
        }
        Double passes = Grading.passThreshold(protocol.grader());
        return passes == null ? null : new Threshold(passes, null);
    }

    /** A task's parameters: there are none. */
    public static List<FieldError> parameters(Map<String, Object> parameters) {
        return parameters.keySet().stream()
                .map(name -> new FieldError(
                        JsonPointers.child("", name),
                        "is not a parameter: a judge behind a protocol has none; register it again with other"
                                + " settings"))
                .toList();
    }

    /** Whether there is a server to ask; the other graders are worked out in this process. */
    public static boolean needsEndpoint(JudgeProtocol protocol) {
        return protocol.grader() == null || Grading.asksAModel(protocol.grader());
    }

    /** How many items one call takes at most: one, where each of them is a request by itself. */
    public static int mostBatchItems(JudgeProtocol protocol, int otherwise) {
        boolean oneByOne =
                protocol.server() != null ? ScoringClient.oneItemARequest(protocol.server()) : needsEndpoint(protocol);
        return oneByOne ? 1 : otherwise;
    }

    public static int defaultBatchItems(JudgeProtocol protocol) {
        boolean tei = protocol.server() instanceof ScoringServer.TeiPredict
                || protocol.server() instanceof ScoringServer.TeiRerank;
        return mostBatchItems(protocol, tei ? TEI_BATCH_ITEMS : DEFAULT_BATCH_ITEMS);
    }
}
