package dev.tribunal.judge.rules.instruction;

import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemJudge;
import dev.tribunal.judge.sdk.Opinion;
import dev.tribunal.judge.sdk.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a completion follows all instructions of its prompt. The score is the share that it follows; the reason
 * names those that it does not.
 *
 * <p>IFEval's two readings: <em>strict</em> takes the completion as it is; <em>loose</em> is content if the completion
 * follows an instruction without its first line, its last line, its stars, or any of these together.
 */
public final class InstructionFollowingJudge implements ItemJudge {

    private static final int MAX_BATCH_ITEMS = 256;

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                "instruction-following",
                "1",
                JudgeApi.CONTRACT,
                "Follows every instruction of the prompt, by IFEval's rules.",
                true,
                MAX_BATCH_ITEMS);
    }

    @Override
    public List<FieldError> check(Map<String, Object> parameters) {
        return Parameters.of(parameters).oneOf("reading", "strict", "loose").errors();
    }

    @Override
    public Opinion judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline) {
        if (!(item.metadata().get("instruction_id_list") instanceof List<?> ids) || ids.isEmpty()) {
            return Opinion.undecided("missing_instructions", "metadata.instruction_id_list is missing or empty");
        }
        @Nullable Object kwargs = item.metadata().get("kwargs");
        if (kwargs != null && !(kwargs instanceof List<?> list && list.size() == ids.size())) {
            return Opinion.undecided(
                    "malformed_instructions", "metadata.kwargs must be a list as long as instruction_id_list");
        }
        boolean loose = "loose".equals(parameters.get("reading"));
        List<String> readings = loose
                ? looseReadings(item.completion().text())
                : List.of(item.completion().text());
        return judge(ids, kwargs == null ? List.of() : (List<?>) kwargs, readings, deadline);
    }

    private static Opinion judge(List<?> ids, List<?> kwargs, List<String> readings, Deadline deadline) {
        List<String> notFollowed = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            String id = String.valueOf(ids.get(i));
            @Nullable InstructionKind kind = InstructionKinds.find(id);
            if (kind == null) {
                return Opinion.undecided("unknown_instruction", "there is no rule for '" + id + "'");
            }
            try {
                if (!followed(kind, arguments(kwargs, i), readings, deadline)) {
                    notFollowed.add(id);
                }
            } catch (Arguments.BadArguments e) {
                return Opinion.undecided("malformed_instructions", id + ": " + e.getMessage());
            } catch (Response.TooSlow e) {
                return Opinion.undecided("timeout", id + ": " + e.getMessage());
            }
        }
        double share = 1.0 - (double) notFollowed.size() / ids.size();
        return new Opinion.Decided(
                notFollowed.isEmpty(),
                share,
                notFollowed.isEmpty()
                        ? "follows all " + ids.size()
                        : "does not follow " + String.join(", ", notFollowed));
    }

    private static boolean followed(
            InstructionKind kind, Arguments arguments, List<String> readings, Deadline deadline) {
        return readings.stream()
                .map(reading -> new Response(reading, deadline))
                // A kind is asked about a blank text too: wrong arguments must not hide behind it.
                .map(response -> kind.followed(response, arguments) && !PythonText.isBlank(response.text()))
                .reduce(false, Boolean::logicalOr);
    }

    private static Arguments arguments(List<?> kwargs, int index) {
        if (kwargs.isEmpty() || kwargs.get(index) == null) {
            return new Arguments(Map.of());
        }
        if (kwargs.get(index) instanceof Map<?, ?> map) {
            Map<String, Object> values = new java.util.HashMap<>();
            map.forEach((name, value) -> values.put(String.valueOf(name), value));
            return new Arguments(values);
        }
        throw new Arguments.BadArguments("its kwargs are no object");
    }

    private static List<String> looseReadings(String response) {
        String[] lines = response.split("\n", -1);
        List<String> readings = new ArrayList<>(List.of(
                response,
                PythonText.strip(joined(lines, 1, lines.length)),
                PythonText.strip(joined(lines, 0, lines.length - 1)),
                PythonText.strip(joined(lines, 1, lines.length - 1))));
        readings.addAll(
                readings.stream().map(reading -> reading.replace("*", "")).toList());
        return readings;
    }

    private static String joined(String[] lines, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> lines[i]).collect(java.util.stream.Collectors.joining("\n"));
    }
}
