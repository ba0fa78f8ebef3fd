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
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
                        MAX_BATCH_ITEMS)
                .withRequires("metadata.instruction_id_list");
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
        String text = item.completion().text();
        List<String> readings = "loose".equals(parameters.get("reading")) ? looseReadings(text) : List.of(text);
        List<Response> responses =
                readings.stream().map(reading -> new Response(reading, deadline)).toList();
        return judge(ids, kwargs == null ? List.of() : (List<?>) kwargs, responses);
    }

    private static Opinion judge(List<?> ids, List<?> kwargs, List<Response> readings) {
        List<String> notFollowed = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            String id = String.valueOf(ids.get(i));
            @Nullable InstructionKind kind = InstructionKinds.find(id);
            if (kind == null) {
                return Opinion.undecided("unknown_instruction", "there is no rule for '" + id + "'");
            }
            try {
                if (!followed(kind, arguments(kwargs, i), readings)) {
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

    private static boolean followed(InstructionKind kind, Arguments arguments, List<Response> readings) {
        // A kind is asked about a blank text too: wrong arguments must not hide behind it.
        return readings.stream()
                .anyMatch(response -> kind.followed(response, arguments) && !PythonText.isBlank(response.text()));
    }

    private static Arguments arguments(List<?> kwargs, int index) {
        if (kwargs.isEmpty() || kwargs.get(index) == null) {
            return new Arguments(Map.of());
        }
        if (kwargs.get(index) instanceof Map<?, ?> map) {
            Map<String, Object> values = new HashMap<>();
            map.forEach((name, value) -> values.put(String.valueOf(name), value));
            return new Arguments(values);
        }
        throw new Arguments.BadArguments("its kwargs are no object");
    }

    /** Those that are alike count once. */
    private static List<String> looseReadings(String text) {
        int first = text.indexOf('\n');
        int last = text.lastIndexOf('\n');
        Set<String> readings = new LinkedHashSet<>();
        readings.add(text);
        readings.add(first < 0 ? "" : PythonText.strip(text.substring(first + 1)));
        readings.add(last < 0 ? "" : PythonText.strip(text.substring(0, last)));
        readings.add(first < last ? PythonText.strip(text.substring(first + 1, last)) : "");
        for (String reading : List.copyOf(readings)) {
            readings.add(reading.replace("*", ""));
        }
        return List.copyOf(readings);
    }
}
