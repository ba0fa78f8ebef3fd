package dev.tribunal.judge.rules.instruction;

import dev.tribunal.judge.rules.instruction.text.Response;
import java.util.List;

/**
 * One kind of instruction.
 *
 * @param arguments the names of those that it has, all of which it needs
 */
record InstructionKind(Rule rule, List<String> arguments) {

    static InstructionKind of(Rule rule, String... arguments) {
        return new InstructionKind(rule, List.of(arguments));
    }

    /** Whether a response follows it; looks at every argument, whatever the response is. */
    @FunctionalInterface
    interface Rule {

        /** @throws Arguments.BadArguments if the arguments make no sense */
        boolean followed(Response response, Arguments arguments);
    }
}
