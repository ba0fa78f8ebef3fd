package dev.tribunal.judge.rules.instruction;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.input.Default;
import dev.tribunal.judge.rules.instruction.Arguments.BadArguments;
import dev.tribunal.judge.rules.instruction.Instructions.Instruction;
import dev.tribunal.judge.rules.instruction.Instructions.Mistake;
import dev.tribunal.judge.rules.instruction.text.PythonText;
import dev.tribunal.judge.rules.instruction.text.Response;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.TypedJudge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a completion follows all instructions of its prompt. The score is the share that it follows; the reason
 * names those that it does not.
 */
public final class InstructionFollowingJudge implements TypedJudge<InstructionFollowingJudge.Parameters> {

    /** @param reading how a completion is read */
    record Parameters(@Default("strict") Reading reading) {}

    /** IFEval's two readings of a completion. */
    enum Reading {
        /** As it is. */
        STRICT,
        /**
         * An instruction is followed if the completion follows it without its first line, its last line, its stars, or
         * any of these together.
         */
        LOOSE
    }

    private static final int MAX_BATCH_ITEMS = 256;
    private static final Duration NO_TIME_IS_NEEDED = Duration.ofSeconds(10);

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
    public List<FieldError> checkItem(PromptItem item, Parameters parameters) {
        Instructions instructions = Instructions.of(item.metadata());
        List<FieldError> errors = new ArrayList<>();
        instructions.mistakes().forEach(mistake -> errors.add(mistake.error()));
        // A kind says what is wrong with its arguments about any text, the empty one too.
        Response empty = new Response("", Deadline.after(NO_TIME_IS_NEEDED));
        for (Instruction instruction : instructions.all()) {
            try {
                instruction.kind().rule().followed(empty, instruction.arguments());
            } catch (BadArguments e) {
                errors.add(Instructions.mistake(instruction, e).error());
            }
        }
        return errors;
    }

    @Override
    public ItemVerdict judge(JudgeItem item, Parameters parameters, Deadline deadline) {
        Instructions instructions = Instructions.of(item.metadata());
        if (!instructions.mistakes().isEmpty()) {
            return undecided(instructions.mistakes().getFirst());
        }
        String text = item.completion().text();
        List<String> readings = switch (parameters.reading()) {
            case STRICT -> List.of(text);
            case LOOSE -> looseReadings(text);
        };
        List<Response> responses = readings.stream()
                .map(reading -> new Response(reading, deadline))
                .toList();
        return judge(instructions.all(), responses);
    }

    private static ItemVerdict undecided(Mistake mistake) {
        return ItemVerdict.undecided(mistake.code(), mistake.pointer() + " " + mistake.detail());
    }

    private static ItemVerdict judge(List<Instruction> instructions, List<Response> readings) {
        List<String> notFollowed = new ArrayList<>();
        for (Instruction instruction : instructions) {
            try {
                if (!followed(instruction, readings)) {
                    notFollowed.add(instruction.id());
                }
            } catch (BadArguments e) {
                return undecided(Instructions.mistake(instruction, e));
            } catch (Response.TooSlow e) {
                return ItemVerdict.undecided("timeout", instruction.id() + ": " + e.getMessage());
            }
        }
        double share = 1.0 - (double) notFollowed.size() / instructions.size();
        return new ItemVerdict.Decided(
                notFollowed.isEmpty(),
                share,
                notFollowed.isEmpty()
                        ? "follows all " + instructions.size()
                        : "does not follow " + String.join(", ", notFollowed));
    }

    private static boolean followed(Instruction instruction, List<Response> readings) {
        // A kind is asked about a blank text too: wrong arguments must not hide behind it.
        return readings.stream()
                .anyMatch(response -> instruction.kind().rule().followed(response, instruction.arguments())
                        && !PythonText.isBlank(response.text()));
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
