package dev.tribunal.reward.evaluation;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.reward.v1.RewardEvaluation.Accuracy;
import dev.tribunal.contracts.reward.v1.RewardEvaluation.Report;
import dev.tribunal.methods.statistics.Estimate;
import dev.tribunal.reward.measure.PairReport;
import dev.tribunal.reward.measure.ScoredPair;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.files.Conversation;
import dev.tribunal.servicekit.files.JsonLines;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A file of pairs with subsets, in the form of RewardBench (Lambert et al., arXiv 2403.13787).
 *
 * @param digest SHA-256 of the file
 */
record Benchmark(List<Pair> pairs, String digest) {

    private static final String NO_SUBSET = "";

    /** @param subset empty where the line has none */
    record Pair(List<Message> messages, String chosen, String rejected, String subset) {}

    /** @throws JsonLines.InvalidLinesException naming each bad line by its number */
    static Benchmark read(Path file) {
        List<Pair> pairs = new ArrayList<>();
        String digest = JsonLines.scan(file, line -> pairs.add(parse(line.object())));
        return new Benchmark(pairs, digest);
    }

    private static Pair parse(JsonNode line) {
        return new Pair(
                Conversation.of(line),
                answer(line, "chosen"),
                answer(line, "rejected"),
                line.hasNonNull("subset") ? line.get("subset").asString() : NO_SUBSET);
    }

    private static String answer(JsonNode line, String field) {
        String answer = Conversation.answer(line, field);
        if (answer == null) {
            throw new IllegalArgumentException("'" + field + "' is missing");
        }
        return answer;
    }

    static long promptOf(Pair pair) {
        byte[] text = pair.messages().toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.wrap(Sha256.create().digest(text)).getLong();
    }

    /** @param scored one a pair, in order; null where one of the two has no score */
    Report report(List<@Nullable ScoredPair> scored) {
        List<ScoredPair> all = new ArrayList<>();
        Map<String, List<ScoredPair>> bySubset = new LinkedHashMap<>();
        for (int i = 0; i < pairs.size(); i++) {
            ScoredPair pair = scored.get(i);
            if (pair != null) {
                all.add(pair);
                bySubset.computeIfAbsent(pairs.get(i).subset(), _ -> new ArrayList<>())
                        .add(pair);
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException("the reward model scored no pair of the file");
        }
        PairReport whole = PairReport.of(all);
        List<Accuracy> subsets = bySubset.entrySet().stream()
                .map(subset -> accuracy(
                        subset.getKey().equals(NO_SUBSET) ? null : subset.getKey(),
                        PairReport.of(subset.getValue()).accuracy()))
                .toList();
        return new Report(
                accuracy(null, whole.accuracy()),
                subsets.stream().mapToDouble(Accuracy::value).average().orElseThrow(),
                whole.calibration().ece(),
                whole.calibration().brier(),
                whole.lengthCorrelation(),
                whole.longerPreferred(),
                whole.longerChosen(),
                subsets,
                pairs.size() - all.size());
    }

    private static Accuracy accuracy(@Nullable String subset, Estimate estimate) {
        return new Accuracy(subset, estimate.value(), estimate.low(), estimate.high(), Math.toIntExact(estimate.n()));
    }
}
