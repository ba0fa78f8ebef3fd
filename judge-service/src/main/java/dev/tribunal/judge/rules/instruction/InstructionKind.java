package dev.tribunal.judge.rules.instruction;

/** One kind of instruction: whether a response, which is not blank, follows it. */
@FunctionalInterface
interface InstructionKind {

    /** @throws Arguments.BadArguments if the arguments make no sense */
    boolean followed(Response response, Arguments arguments);
}
